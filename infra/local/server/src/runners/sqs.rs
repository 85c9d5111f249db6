//! `sqs:sendMessage`: the local queue.

use journal::QueueMessage;
use md5::{Digest, Md5};
use serde_json::{Map, Value, json};

use super::call::text_parameter;
use super::{Answer, Call, TaskFailure, metadata};
use crate::addresses;

/// The longest message. Source: SQS developer guide, "Amazon SQS message quotas".
const MESSAGE_BYTES: usize = 1_048_576;

/// Puts a message into the queue of `QueueUrl`, which exists as soon as something is sent to it. The message and the
/// task's success become durable together.
pub(super) fn send_message(call: Call<'_>) -> Result<Answer, TaskFailure> {
    let parameters = call.parameters()?;
    let url = required(&parameters, "QueueUrl")?;
    let body = required(&parameters, "MessageBody")?;
    if body.len() > MESSAGE_BYTES {
        return Err(refused(
            "InvalidParameterValue",
            "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.",
        ));
    }
    let (message_id, now) = (uuid::Uuid::now_v7().to_string(), call.host.now());
    let mut result = Map::new();
    result.insert(
        "MD5OfMessageBody".to_owned(),
        json!(format!("{:x}", Md5::digest(&body))),
    );
    result.insert("MessageId".to_owned(), json!(message_id));
    let mut answer = Answer::new(metadata::local_result(result, "application/x-amz-json-1.0", now));
    answer.batch.send(QueueMessage {
        position: 0,
        queue: addresses::queue_name(&url).to_owned(),
        message_id,
        sent_at: now,
        body,
        attributes: parameters.get("MessageAttributes").unwrap_or(&Value::Null).to_string(),
    });
    Ok(answer)
}

fn required(parameters: &Map<String, Value>, name: &str) -> Result<String, TaskFailure> {
    text_parameter(parameters, name)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| {
            refused(
                "MissingParameter",
                &format!("The request must contain the parameter {name}."),
            )
        })
}

fn refused(code: &str, message: &str) -> TaskFailure {
    let request = uuid::Uuid::now_v7().to_string();
    TaskFailure::service("SQS.AmazonSQSException", "AmazonSQS", 400, code, message, &request)
}

#[cfg(test)]
mod tests {
    use md5::{Digest, Md5};

    #[test]
    fn a_digest_is_written_in_lower_case() {
        // Source: RFC 1321, section A.5.
        assert_eq!(format!("{:x}", Md5::digest("abc")), "900150983cd24fb0d6963f7d28e17f72");
    }
}
