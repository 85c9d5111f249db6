//! SNS: `Publish` to the local topic, in AWS's query protocol.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use journal::{Batch, PublishedEvent};

use super::Grant;
use crate::failpoints::{self, Commit};
use crate::host::Host;

/// Source: Amazon SNS API Reference, `Publish`.
pub(super) async fn answer(host: &Arc<Host>, grant: &Grant, body: &[u8]) -> Response {
    let form: HashMap<Cow<'_, str>, Cow<'_, str>> = form_urlencoded::parse(body).collect();
    let text = |name: &str| form.get(name).map(Cow::as_ref).filter(|text| !text.is_empty());
    if text("Action") != Some("Publish") {
        return refused(StatusCode::BAD_REQUEST, "InvalidAction", "Publish alone is known here");
    }
    if let Err(no) = grant.allows("sns", "Publish") {
        return refused(StatusCode::FORBIDDEN, "AuthorizationError", &no.message);
    }
    let (Some(topic), Some(message)) = (text("TopicArn"), text("Message")) else {
        let missing = "Invalid parameter: TopicArn and Message are required";
        return refused(StatusCode::BAD_REQUEST, "InvalidParameter", missing);
    };
    let message_id = uuid::Uuid::now_v7().to_string();
    let mut batch = Batch::new();
    batch.publish(PublishedEvent {
        position: 0,
        topic: topic.rsplit(':').next().unwrap_or_default().to_owned(),
        message_id: message_id.clone(),
        published_at: host.now(),
        message: message.to_owned(),
    });
    match failpoints::commit(&host.journal, Commit::Publish, batch).await {
        Ok(()) => xml(
            StatusCode::OK,
            &format!(
                "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>{message_id}\
                 </MessageId></PublishResult><ResponseMetadata><RequestId>{message_id}</RequestId></ResponseMetadata>\
                 </PublishResponse>"
            ),
        ),
        Err(error) => {
            tracing::warn!(%error, "an event could not be published");
            refused(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalError",
                "it could not be made durable",
            )
        }
    }
}

/// The texts are ours: nothing in them has to be escaped.
fn refused(status: StatusCode, code: &str, message: &str) -> Response {
    let kind = if status.is_server_error() { "Receiver" } else { "Sender" };
    xml(
        status,
        &format!(
            "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>{kind}</Type><Code>{code}</Code>\
             <Message>{message}</Message></Error></ErrorResponse>"
        ),
    )
}

fn xml(status: StatusCode, body: &str) -> Response {
    let kind = HeaderValue::from_static("text/xml");
    (status, [(header::CONTENT_TYPE, kind)], body.to_owned()).into_response()
}
