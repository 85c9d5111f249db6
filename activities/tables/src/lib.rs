//! The two DynamoDB tables: their definitions, items and conditional writes.

mod breaker;

pub use breaker::{
    Breaker, BreakerError, BreakerTable, MalformedBreaker, Observation, Permit, Probe, Record, Step, Thresholds,
    transition,
};
