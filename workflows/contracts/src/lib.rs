//! Messages, activity signatures and error names: what crosses the wire between workflows and activities.
//!
//! Contracts know neither the builder nor the activities' code. Every type is plain data with serde's names; a name that
//! stands here is kept, because executions that sleep for months carry it.

pub mod activity_errors;
mod ask_for_acknowledgement;
mod deliver_message;
mod escalate_message;
mod identity;
mod list_dead_letters;
mod message;
mod message_event;
mod outcome;
mod persist_message;
mod record_outcome;
mod redrive_dead_letters;
mod redrive_message;
mod signature;
mod validate;

pub use ask_for_acknowledgement::{
    Acknowledged, AcknowledgementError, AcknowledgementRequest, AskForAcknowledgement, Asked,
};
pub use deliver_message::{DeliverError, DeliverMessage, Delivery, Receipt};
pub use escalate_message::{Escalated, Escalation};
pub use identity::{Execution, execution_name, message_id};
pub use list_dead_letters::{DeadLetterQuery, DeadLetterQueryError, DeadLetters, FailedMessage, ListDeadLetters};
pub use message::{Message, MessageType, Priority, limits};
pub use message_event::MessageEvent;
pub use outcome::{DeadLetter, DeadLetterNotice, Status};
pub use persist_message::{PersistError, PersistMessage, PersistRequest, Persisted};
pub use record_outcome::{Outcome, OutcomeStatus, RecordOutcome, Recorded};
pub use redrive_dead_letters::{RedriveDeadLetters, RedriveOutcome, RedriveReport, RedriveResult};
pub use redrive_message::{RedriveError, RedriveMessage, RedriveRequest, Redriven};
pub use signature::{Signature, signatures};
pub use validate::{FieldError, is_late, validate, validate_delivery, validate_started, validate_topic};

// What the derives add: records whose fields are expressions, and the errors as a workflow's `match` sees them.
pub use ask_for_acknowledgement::{
    AcknowledgedExpr, AcknowledgedFields, AcknowledgementRequestExpr, AcknowledgementRequestFields,
    AskForAcknowledgementError, AskedExpr, AskedFields,
};
pub use deliver_message::{DeliverMessageError, DeliveryExpr, DeliveryFields, ReceiptExpr, ReceiptFields};
pub use escalate_message::{EscalatedExpr, EscalatedFields, EscalationExpr, EscalationFields};
pub use identity::{ExecutionExpr, ExecutionFields};
pub use list_dead_letters::{
    DeadLetterQueryExpr, DeadLetterQueryFields, DeadLettersExpr, DeadLettersFields, FailedMessageExpr,
    FailedMessageFields, ListDeadLettersError,
};
pub use message::{MessageExpr, MessageFields};
pub use outcome::{
    DeadLetterExpr, DeadLetterFields, DeadLetterNoticeExpr, DeadLetterNoticeFields, Processed, ProcessedExpr,
    ProcessedFields,
};
pub use persist_message::{
    PersistMessageError, PersistRequestExpr, PersistRequestFields, PersistedExpr, PersistedFields,
};
pub use record_outcome::{OutcomeExpr, OutcomeFields, RecordedExpr, RecordedFields};
pub use redrive_dead_letters::{
    RedriveDeadLettersExpr, RedriveDeadLettersFields, RedriveReportExpr, RedriveReportFields, RedriveResultExpr,
    RedriveResultFields,
};
pub use redrive_message::{
    RedriveMessageError, RedriveRequestExpr, RedriveRequestFields, RedrivenExpr, RedrivenFields,
};
