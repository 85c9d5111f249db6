//! The router in process: messages in the embedded DynamoDB, executions in memory.

mod acknowledging;
mod creating;
mod describing;
mod harness;
mod properties;
mod reading;
mod redriving;
mod refusing;
