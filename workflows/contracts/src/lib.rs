//! Messages, activity signatures and error names: what crosses the wire between workflows and activities.
//!
//! Contracts know neither the builder nor the activities' code. Every type is plain data with serde's names; a name that
//! stands here is kept, because executions that sleep for months carry it.

mod deliver_message;
mod identity;
mod message;
mod outcome;
mod persist_message;
mod record_outcome;

pub use deliver_message::{
    DeliverError, DeliverMessage, DeliverMessageError, Delivery, DeliveryExpr, DeliveryFields, Receipt, ReceiptExpr,
    ReceiptFields,
};
pub use identity::{Execution, ExecutionExpr, ExecutionFields, message_id};
pub use message::{Message, MessageExpr, MessageFields, MessageType, Priority, limits};
pub use outcome::{
    DeadLetter, DeadLetterExpr, DeadLetterFields, DeadLetterNotice, DeadLetterNoticeExpr, DeadLetterNoticeFields,
    Processed, ProcessedExpr, ProcessedFields, Status,
};
pub use persist_message::{
    PersistError, PersistMessage, PersistMessageError, PersistRequest, PersistRequestExpr, PersistRequestFields,
    Persisted, PersistedExpr, PersistedFields,
};
pub use record_outcome::{
    Outcome, OutcomeExpr, OutcomeFields, OutcomeStatus, RecordOutcome, Recorded, RecordedExpr, RecordedFields,
};
