//! The router in process: messages in the embedded DynamoDB, executions in memory.

mod acknowledging;
mod bounding;
mod cancelling;
mod creating;
mod describing;
mod harness;
mod measuring;
mod properties;
mod reading;
mod redriving;
mod refusing;
mod schedules;
mod scheduling;
mod sessions;
mod watching;
mod who;
