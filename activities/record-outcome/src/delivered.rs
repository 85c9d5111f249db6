//! Whether an execution that has ended had delivered its message: its history says it, and the call that it left behind.

use contracts::Receipt;
use serde_json::Value;

/// The function whose answer is a receipt.
const DELIVER_MESSAGE: &str = "deliver-message";

/// Whether ntfy has a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Delivered {
    /// No attempt can have brought it there.
    #[default]
    No,
    /// An attempt ended, or was cut off, so that nobody knows.
    Perhaps,
    /// It has given this receipt.
    Yes(Receipt),
}

impl Delivered {
    /// The receipt, if there is one.
    pub fn receipt(self) -> Option<Receipt> {
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

/// What became of the call that an execution left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastCall {
    /// It was never made.
    NeverBegan,
    /// It gave this output.
    Succeeded(String),
    /// It failed with this error.
    Failed(Option<String>),
}

/// Reads a history of `process-message` from its beginning. A task is the answer to the last one that was scheduled, because
/// the workflow has no branches.
#[derive(Debug, Default)]
pub struct HistoryReader {
    /// A delivery has been scheduled, and nothing is known of it yet.
    delivering: bool,
    delivered: Delivered,
}

impl HistoryReader {
    /// Reads an event in the shape that `GetExecutionHistory` answers.
    pub fn read(&mut self, event: &Value) {
        match event["type"].as_str() {
            Some("TaskScheduled") => {
                self.delivering =
                    function(&event["taskScheduledEventDetails"]).is_some_and(|function| function == DELIVER_MESSAGE);
            }
            Some("TaskSucceeded") => {
                let output = event["taskSucceededEventDetails"]["output"].as_str();
                // A receipt that cannot be read is of another version: ntfy has the message.
                self.ended(receipt(output.unwrap_or_default()).map_or(Delivered::Perhaps, Delivered::Yes));
            }
            Some("TaskFailed") => self.ended(after(event["taskFailedEventDetails"]["error"].as_str())),
            // What ended the execution before it was redriven has cut the call off.
            Some("TaskTimedOut" | "ExecutionRedriven") => self.ended(Delivered::Perhaps),
            _ => {}
        }
    }

    fn ended(&mut self, so: Delivered) {
        if std::mem::take(&mut self.delivering) {
            self.delivered = std::mem::take(&mut self.delivered).and(so);
        }
    }

    /// The history ends here, and `last` is what became of the call that it leaves open; `None` where nobody knows.
    pub fn end(mut self, last: Option<&LastCall>) -> Delivered {
        self.ended(match last {
            Some(LastCall::NeverBegan) => Delivered::No,
            Some(LastCall::Succeeded(output)) => receipt(output).map_or(Delivered::Perhaps, Delivered::Yes),
            Some(LastCall::Failed(error)) => after(error.as_deref()),
            None => Delivered::Perhaps,
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

/// The name of the function that a scheduled task calls, as it stands in every host: without the stage and prefix that a
/// deployment adds.
fn function(scheduled: &Value) -> Option<String> {
    let parameters: Value = serde_json::from_str(scheduled["parameters"].as_str()?).ok()?;
    let called = parameters["FunctionName"].as_str()?;
    let name = called.split(':').nth(6).unwrap_or(called);
    // `rez-agent-deliver-message-prod` and `deliver-message` are one activity.
    let bare = name
        .strip_prefix("rez-agent-")
        .and_then(|name| Some(name.rsplit_once('-')?.0));
    Some(bare.unwrap_or(name).to_owned())
}

fn receipt(output: &str) -> Option<Receipt> {
    let output: Value = serde_json::from_str(output).ok()?;
    serde_json::from_value(output["Payload"].clone()).ok()
}

#[cfg(test)]
mod tests;
