//! Where events are published.

use activity_runtime::{Infrastructure, Kind};
use async_trait::async_trait;
use aws_sdk_sns::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::MessageAttributeValue,
};
use contracts::MessageEvent;

/// Publishes message events.
#[async_trait]
pub trait Events: Send + Sync {
    /// Publishes an event; returns once it is taken. May publish it twice when it is called twice.
    async fn publish(&self, event: &MessageEvent) -> Result<(), EventError>;
}

/// An event could not be published.
#[derive(Debug, thiserror::Error)]
#[error("Publish: {detail}")]
pub struct EventError {
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// What went wrong, in one line.
    pub detail: String,
    /// What caused it.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl From<EventError> for Infrastructure {
    fn from(error: EventError) -> Self {
        let kind = if error.retryable {
            Kind::Unavailable
        } else {
            Kind::Misconfigured
        };
        Self {
            kind,
            detail: error.to_string(),
            source: error.source,
        }
    }
}

/// Events to a topic of Amazon SNS, as JSON, with `status` and `message_type` as attributes for subscription filters.
pub struct SnsEvents {
    client: Client,
    topic_arn: String,
}

impl SnsEvents {
    /// Events to this topic.
    pub fn new(client: Client, topic_arn: impl Into<String>) -> Self {
        Self {
            client,
            topic_arn: topic_arn.into(),
        }
    }
}

#[async_trait]
impl Events for SnsEvents {
    async fn publish(&self, event: &MessageEvent) -> Result<(), EventError> {
        let json = serde_json::to_string(event).map_err(unmade)?;
        let status = attribute(event.status.as_str()).map_err(unmade)?;
        let message_type = attribute(event.message_type.as_str()).map_err(unmade)?;
        let request = self.client.publish().topic_arn(&self.topic_arn).message(json);
        let request = request
            .message_attributes("status", status)
            .message_attributes("message_type", message_type);
        request.send().await.map(|_| ()).map_err(refused)
    }
}

fn attribute(text: &str) -> Result<MessageAttributeValue, aws_sdk_sns::error::BuildError> {
    MessageAttributeValue::builder()
        .data_type("String")
        .string_value(text)
        .build()
}

fn unmade(error: impl std::error::Error + Send + Sync + 'static) -> EventError {
    EventError {
        retryable: false,
        detail: "the event could not be made".to_owned(),
        source: Some(Box::new(error)),
    }
}

/// Everything but a plain refusal may pass: throttling, faults of the service, no answer.
/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>.
fn refused<E>(error: SdkError<E>) -> EventError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let code = error.code().unwrap_or("no answer").to_owned();
    let retryable = !matches!(
        code.as_str(),
        "AuthorizationError"
            | "InvalidParameter"
            | "InvalidParameterValue"
            | "InvalidSecurity"
            | "NotFound"
            | "EndpointDisabled"
            | "PlatformApplicationDisabled"
            | "ValidationException"
            | "AccessDenied"
            | "KMSAccessDenied"
            | "KMSDisabled"
            | "KMSNotFound"
            | "KMSOptInRequired"
    );
    EventError {
        retryable,
        detail: code,
        source: Some(Box::new(error)),
    }
}

#[cfg(test)]
mod tests;
