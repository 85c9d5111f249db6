//! The API as a Lambda function.
