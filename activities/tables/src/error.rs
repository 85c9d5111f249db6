//! What goes wrong at a table.

use activity_runtime::{Infrastructure, Kind};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// A table operation failed.
#[derive(Debug, thiserror::Error)]
#[error("{operation}: {kind}")]
pub struct TableError {
    /// The operation, by DynamoDB's name.
    pub operation: &'static str,
    /// Which kind.
    pub kind: TableErrorKind,
    /// What caused it. It may name keys, never a person's text.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kinds of [`TableError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableErrorKind {
    /// More was asked than the table takes now.
    #[error("the table is throttled")]
    Throttled,
    /// No answer, or the service's own fault.
    #[error("the table does not answer")]
    Unavailable,
    /// Others wrote the same item again and again.
    #[error("others kept writing the same item")]
    Contended,
    /// The table or the permission is missing.
    #[error("the table is missing or may not be used")]
    Misconfigured,
    /// DynamoDB does not take the request, or this code could not make one.
    #[error("the request was refused")]
    Refused,
    /// The item is not what this code writes.
    #[error("the item cannot be read")]
    Corrupt,
}

impl TableErrorKind {
    /// Whether the same call may succeed later.
    pub const fn retryable(self) -> bool {
        matches!(self, Self::Throttled | Self::Unavailable | Self::Contended)
    }
}

impl TableError {
    pub(crate) fn new(operation: &'static str, kind: TableErrorKind) -> Self {
        Self {
            operation,
            kind,
            source: None,
        }
    }

    pub(crate) fn caused(
        operation: &'static str,
        kind: TableErrorKind,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self {
            operation,
            kind,
            source: Some(Box::new(source)),
        }
    }

    /// Classifies an error of the SDK by its code.
    /// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>.
    pub(crate) fn sdk<E>(operation: &'static str, error: SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let kind = match error.code() {
            Some(
                "ProvisionedThroughputExceededException"
                | "ThrottlingException"
                | "RequestLimitExceeded"
                | "LimitExceededException",
            ) => TableErrorKind::Throttled,
            Some("InternalServerError" | "ServiceUnavailable" | "TransactionConflictException") | None => {
                TableErrorKind::Unavailable
            }
            Some(
                "ResourceNotFoundException"
                | "AccessDeniedException"
                | "UnrecognizedClientException"
                | "MissingAuthenticationTokenException"
                | "IncompleteSignatureException",
            ) => TableErrorKind::Misconfigured,
            Some(_) => TableErrorKind::Refused,
        };
        Self::caused(operation, kind, error)
    }
}

impl From<TableError> for Infrastructure {
    fn from(error: TableError) -> Self {
        let kind = match error.kind {
            kind if kind.retryable() => Kind::Unavailable,
            TableErrorKind::Misconfigured => Kind::Misconfigured,
            _ => Kind::Failed,
        };
        Self {
            kind,
            detail: error.to_string(),
            source: error.source,
        }
    }
}
