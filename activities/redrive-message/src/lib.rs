//! Activity: send a failed message again, as a new execution of today's definition.
//!
//! [`Redrives`] is the one place that redrives: the activity and the HTTP API both call it, so that redrives at once, by
//! whichever way, start one execution. Whoever hosts it brings the ports; [`on_aws`] has those of AWS.

mod aws;
mod handler;
mod ports;
mod redrives;

pub use aws::{SqsQueue, StepFunctions, on_aws};
pub use handler::RedriveHandler;
pub use ports::{
    DeadLetterQueue, ExecutionState, Executions, PortError, RedriveStore, StartOutcome, may_be_a_key, precedes,
};
pub use redrives::{Redrives, Started};
