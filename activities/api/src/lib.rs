//! The HTTP API: one axum router on Lambda and on one machine.

mod ports;

pub use ports::{DeadLetterQueue, ExecutionState, Executions, PortError, StartOutcome};
