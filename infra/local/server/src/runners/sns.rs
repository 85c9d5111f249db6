//! `sns:publish`: the local topic.

use journal::PublishedEvent;
use serde_json::{Map, json};

use super::call::text_parameter;
use super::{Answer, Call, TaskFailure, metadata};

/// Publishes to the topic of `TopicArn`. The event and the task's success become durable together.
pub(super) fn publish(call: Call<'_>) -> Result<Answer, TaskFailure> {
    let parameters = call.parameters()?;
    let topic = text_parameter(&parameters, "TopicArn")
        .or_else(|| text_parameter(&parameters, "TargetArn"))
        .ok_or_else(|| refused("Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter"))?;
    let message = text_parameter(&parameters, "Message")
        .filter(|message| !message.is_empty())
        .ok_or_else(|| refused("Invalid parameter: Empty message"))?;
    let (message_id, now) = (uuid::Uuid::now_v7().to_string(), call.host.now());
    let mut result = Map::new();
    result.insert("MessageId".to_owned(), json!(message_id));
    let mut answer = Answer::new(metadata::local_result(result, "text/xml", now));
    let topic = topic.rsplit(':').next().unwrap_or_default().to_owned();
    answer.batch.publish(PublishedEvent {
        position: 0,
        topic,
        message_id,
        published_at: now,
        message,
    });
    Ok(answer)
}

fn refused(message: &str) -> TaskFailure {
    let request = uuid::Uuid::now_v7().to_string();
    TaskFailure::service(
        "SNS.InvalidParameterException",
        "AmazonSNS",
        400,
        "InvalidParameter",
        message,
        &request,
    )
}
