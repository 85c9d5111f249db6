//! Whether an execution that has ended had delivered its message: its history says it.

use contracts::Receipt;
use journal::{ExecutionId, Journal, ReadError};
use serde_json::Value;

use crate::addresses;

/// The function whose answer is a receipt.
const DELIVER_MESSAGE: &str = "deliver-message";
/// How many events are read at a time: an outage of a week makes thousands.
const PAGE: u64 = 128;

/// ntfy's receipt, if any state of the execution was given one, whatever became of the execution after that.
pub(super) async fn in_history(journal: &Journal, execution: ExecutionId) -> Result<Option<Receipt>, ReadError> {
    let length = journal.history_length(execution).await?;
    let (mut reader, mut next) = (Reader::default(), 1);
    while next <= length {
        let chunks = journal.history(execution, next, next + PAGE - 1).await?;
        let Some(last) = chunks.last() else { break };
        next = last.last + 1;
        for chunk in &chunks {
            // What cannot be read by anybody says nothing of a receipt.
            for event in engine::unpack(&chunk.events, chunk.first).unwrap_or_default() {
                reader.read(&event.to_wire());
            }
        }
    }
    Ok(reader.receipt)
}

/// Reads a history from its beginning. A task is the answer to the last one that was scheduled, because the workflow has
/// no branches.
#[derive(Default)]
struct Reader {
    delivering: bool,
    receipt: Option<Receipt>,
}

impl Reader {
    fn read(&mut self, event: &Value) {
        match event["type"].as_str() {
            Some("TaskScheduled") => {
                self.delivering =
                    function(&event["taskScheduledEventDetails"]).is_some_and(|function| function == DELIVER_MESSAGE);
            }
            Some("TaskSucceeded") if self.delivering => {
                self.receipt = receipt(&event["taskSucceededEventDetails"]).or(self.receipt.take());
            }
            _ => {}
        }
    }
}

/// The name of the function that a scheduled task calls.
fn function(scheduled: &Value) -> Option<String> {
    let parameters: Value = serde_json::from_str(scheduled["parameters"].as_str()?).ok()?;
    Some(addresses::function_name(parameters["FunctionName"].as_str()?).to_owned())
}

fn receipt(succeeded: &Value) -> Option<Receipt> {
    let output: Value = serde_json::from_str(succeeded["output"].as_str()?).ok()?;
    serde_json::from_value(output["Payload"].clone()).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Reader;

    fn scheduled(function: &str) -> Value {
        let parameters = json!({ "FunctionName": crate::addresses::function_arn(function), "Payload": {} });
        json!({ "type": "TaskScheduled", "taskScheduledEventDetails": { "parameters": parameters.to_string() } })
    }

    fn succeeded(payload: &Value) -> Value {
        let output = json!({ "Payload": payload, "StatusCode": 200 }).to_string();
        json!({ "type": "TaskSucceeded", "taskSucceededEventDetails": { "output": output } })
    }

    #[test]
    fn only_the_answer_of_a_delivery_is_a_receipt() {
        let receipt = json!({
            "ntfy_id": "n", "topic": "t", "delivered_at": "2026-11-25T00:00:00Z", "truncated": false, "found": false,
        });
        for (function, payload, found) in [
            ("deliver-message", &receipt, true),
            ("persist-message", &receipt, false),
            ("deliver-message", &json!({}), false),
        ] {
            let mut reader = Reader::default();
            for event in [
                scheduled(function),
                json!({ "type": "TaskStarted" }),
                succeeded(payload),
            ] {
                reader.read(&event);
            }
            reader.read(&scheduled("record-outcome"));
            reader.read(&json!({ "type": "ExecutionAborted" }));
            assert_eq!(reader.receipt.is_some(), found, "{function} {payload}");
        }
    }
}
