//! Whether an execution that has ended had delivered its message: its history says it, and the call that it left behind.

use contracts::Receipt;
use engine::Event;
use journal::{ExecutionId, Journal, ReadError};
use serde_json::Value;

use crate::addresses;
use crate::host::LastCall;

/// The function whose answer is a receipt.
const DELIVER_MESSAGE: &str = "deliver-message";
/// How many events are read at a time: an outage of a week makes thousands.
const PAGE: u64 = 128;

/// Whether ntfy has a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Delivered {
    /// No attempt can have brought it there.
    #[default]
    No,
    /// An attempt ended, or was cut off, so that nobody knows.
    Perhaps,
    /// It has given this receipt.
    Yes(Receipt),
}

impl Delivered {
    pub(super) fn receipt(self) -> Option<Receipt> {
        match self {
            Self::Yes(receipt) => Some(receipt),
            Self::No | Self::Perhaps => None,
        }
    }

    /// What is known after one more attempt: a receipt stays, and so does a doubt that no receipt ends.
    fn and(self, later: Self) -> Self {
        match (self, later) {
            (_, Self::Yes(receipt)) | (Self::Yes(receipt), _) => Self::Yes(receipt),
            (Self::Perhaps, _) | (_, Self::Perhaps) => Self::Perhaps,
            (Self::No, Self::No) => Self::No,
        }
    }
}

/// What the history of an execution and its last call tell, whatever became of the execution after that.
pub(super) async fn read(
    journal: &Journal,
    execution: ExecutionId,
    last: Option<LastCall>,
) -> Result<Delivered, ReadError> {
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
    Ok(reader.end(last))
}

/// Reads a history from its beginning. A task is the answer to the last one that was scheduled, because the workflow has
/// no branches.
#[derive(Default)]
struct Reader {
    /// A delivery has been scheduled, and nothing is known of it yet.
    delivering: bool,
    delivered: Delivered,
}

impl Reader {
    fn read(&mut self, event: &Value) {
        match event["type"].as_str() {
            Some("TaskScheduled") => {
                self.delivering =
                    function(&event["taskScheduledEventDetails"]).is_some_and(|function| function == DELIVER_MESSAGE);
            }
            Some("TaskSucceeded") => {
                let output = event["taskSucceededEventDetails"]["output"].as_str();
                self.ended(receipt(output.unwrap_or_default()).map_or(Delivered::No, Delivered::Yes));
            }
            Some("TaskFailed") => self.ended(after(event["taskFailedEventDetails"]["error"].as_str())),
            Some("TaskTimedOut") => self.ended(Delivered::Perhaps),
            _ => {}
        }
    }

    fn ended(&mut self, so: Delivered) {
        if std::mem::take(&mut self.delivering) {
            self.delivered = std::mem::take(&mut self.delivered).and(so);
        }
    }

    /// The history ends here, and `last` is what became of the call that it leaves open.
    fn end(mut self, last: Option<LastCall>) -> Delivered {
        self.ended(match last {
            Some(LastCall::NeverBegan) => Delivered::No,
            Some(LastCall::Answered(Event::TaskSucceeded { output, .. })) => {
                receipt(&output).map_or(Delivered::Perhaps, Delivered::Yes)
            }
            Some(LastCall::Answered(Event::TaskFailed { error, .. })) => after(error.as_deref()),
            // Another process made the call, or it was cut off.
            _ => Delivered::Perhaps,
        });
        self.delivered
    }
}

/// What an attempt that ended in this error leaves. Of the errors that `DeliverMessage` declares one alone is a doubt, and an
/// input that it refuses it has not looked at; every other error is one of those around it.
fn after(error: Option<&str>) -> Delivered {
    match error.unwrap_or_default() {
        "Delivery.Ambiguous" => Delivered::Perhaps,
        "Activity.InvalidInput" => Delivered::No,
        declared if declared.starts_with("Delivery.") => Delivered::No,
        _ => Delivered::Perhaps,
    }
}

/// The name of the function that a scheduled task calls.
fn function(scheduled: &Value) -> Option<String> {
    let parameters: Value = serde_json::from_str(scheduled["parameters"].as_str()?).ok()?;
    Some(addresses::function_name(parameters["FunctionName"].as_str()?).to_owned())
}

fn receipt(output: &str) -> Option<Receipt> {
    let output: Value = serde_json::from_str(output).ok()?;
    serde_json::from_value(output["Payload"].clone()).ok()
}

#[cfg(test)]
mod tests;
