//! The two DynamoDB tables: their definitions, items and conditional writes.
