//! What Scheduler refuses.

use api::PortError;
use aws_sdk_scheduler::error::{ProvideErrorMetadata, SdkError};

/// Throttling, faults of the service and no answer may pass; a refusal does not.
/// Source: EventBridge Scheduler API reference, "Common Errors" and the errors of each operation.
pub(crate) fn failed<E: ProvideErrorMetadata>(what: &'static str, error: &SdkError<E>) -> PortError {
    let code = error.code();
    let passes = matches!(
        code,
        None | Some(
            "InternalServerException"
                | "InternalFailure"
                | "ServiceUnavailable"
                | "ThrottlingException"
                | "RequestExpired"
                // Another change of the same schedule is under way.
                | "ConflictException"
        )
    );
    PortError {
        what,
        detail: code.unwrap_or("no answer").to_owned(),
        retryable: passes,
    }
}

/// Whether the schedule, or its group, is not there.
pub(crate) fn is_missing<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    error.code() == Some("ResourceNotFoundException")
}
