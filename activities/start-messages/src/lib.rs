//! Function: start an execution of `process-message` for each message of the intake queue.
//!
//! The queue takes what comes faster than `StartExecution` is allowed (its bucket holds 1,300 and gets 300 a second back in
//! large regions, 800 and 150 elsewhere. Source: Step Functions Developer Guide, "Quotas related to API action throttling").
//! What cannot be started now stays in the queue; what never can ends in the dead-letter queue after three receives.

mod batch;
mod handler;

pub use batch::{Batch, BatchAnswer, ItemFailure, QueuedMessage};
pub use handler::{Intake, Never, on_aws};
