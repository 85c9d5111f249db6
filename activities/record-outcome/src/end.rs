//! The end of an execution of `process-message` that the workflow itself could not record: runtime errors, the execution's
//! timeout, a stop. On AWS a rule of EventBridge tells of it, on one machine the host.

use contracts::{Execution, Message, Outcome, OutcomeStatus};
use jiff::Timestamp;

use crate::Delivered;

/// The error with which the workflow itself ends a message, after the dead letter has been written.
const DEAD_LETTERED: &str = "Message.DeadLettered";
/// The error with which the workflow ends a message whose failure could not be recorded; the cause is its reason.
const UNRECORDED: &str = "Message.Unrecorded";
/// The statuses of ends that may be unrecorded.
const ENDS: [&str; 3] = ["FAILED", "TIMED_OUT", "ABORTED"];

/// Whether an execution of `process-message` ended in a way that no `Catch` of the workflow has seen: its end has still to be
/// recorded. `status` is Step Functions' word.
pub fn ended_unseen(status: &str, error: Option<&str>) -> bool {
    ENDS.contains(&status) && error != Some(DEAD_LETTERED)
}

/// An execution of `process-message` that has ended, as `DescribeExecution` tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `FAILED`, `TIMED_OUT` or `ABORTED`.
    pub status: String,
    /// When it was started.
    pub started_at: Timestamp,
    /// Its input, which is a message.
    pub input: String,
    /// The error's name.
    pub error: Option<String>,
    /// Its cause.
    pub cause: Option<String>,
}

impl End {
    /// What is to be recorded; `None` when the input was no message, so that nobody waits for it.
    ///
    /// Only a message that ntfy cannot have is cancelled, however its execution ended. One that it has failed and was
    /// delivered, so that its redrive records it and does not send it again; one that it may have failed, and its redrive
    /// looks first.
    pub fn outcome(self, delivered: Delivered) -> Option<Outcome> {
        let message: Message = serde_json::from_str(&self.input).ok()?;
        let delivered = match &message.receipt {
            Some(receipt) if !matches!(delivered, Delivered::Yes(_)) => Delivered::Yes(receipt.clone()),
            // What became of the executions before this one is not in its history: one of them may have sent the message.
            _ if message.redrive > 0 && delivered == Delivered::No => Delivered::Perhaps,
            _ => delivered,
        };
        let cancelled = self.status == "ABORTED" && delivered == Delivered::No;
        Some(Outcome {
            status: if cancelled {
                OutcomeStatus::Cancelled
            } else {
                OutcomeStatus::Failed
            },
            message,
            reason: (!cancelled).then(|| self.reason(&delivered)),
            receipt: delivered.receipt(),
            execution: Execution {
                arn: self.arn,
                name: self.name,
                started_at: self.started_at,
            },
        })
    }

    /// Error names are contract; causes may quote data and stay in the history, but for the one that the workflow itself
    /// wrote.
    fn reason(&self, delivered: &Delivered) -> String {
        let status = &self.status;
        let when = match delivered {
            Delivered::Yes(_) => " after the message was delivered",
            Delivered::Perhaps => " when the message may have been delivered",
            Delivered::No => "",
        };
        match (&self.error, &self.cause) {
            (Some(error), Some(reason)) if error == UNRECORDED => reason.clone(),
            (Some(error), _) => format!("the execution ended as {status}{when}: {error}"),
            (None, _) => format!("the execution ended as {status}{when}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ends_that_the_workflow_did_not_see_are_unseen() {
        for (status, error, unseen) in [
            ("SUCCEEDED", None, false),
            ("RUNNING", None, false),
            ("FAILED", Some("Message.DeadLettered"), false),
            ("FAILED", Some("States.Runtime"), true),
            ("FAILED", Some("Message.Unrecorded"), true),
            ("TIMED_OUT", Some("States.Timeout"), true),
            ("ABORTED", None, true),
        ] {
            assert_eq!(ended_unseen(status, error), unseen, "{status} {error:?}");
        }
    }

    fn end(status: &str, error: Option<&str>, input: &str) -> End {
        End {
            arn: "arn:aws:states:eu-central-1:123456789012:execution:process-message:m".to_owned(),
            name: "m".to_owned(),
            status: status.to_owned(),
            started_at: Timestamp::UNIX_EPOCH,
            input: input.to_owned(),
            error: error.map(str::to_owned),
            cause: Some("what was lost".to_owned()),
        }
    }

    #[test]
    fn what_ntfy_cannot_have_is_cancelled_by_a_stop_and_everything_else_failed() {
        let outcome = |status, error, delivered| end(status, error, r#"{"body":"b"}"#).outcome(delivered).unwrap();
        let stopped = outcome("ABORTED", None, Delivered::No);
        assert_eq!((stopped.status, stopped.reason), (OutcomeStatus::Cancelled, None));
        let perhaps = outcome("ABORTED", None, Delivered::Perhaps);
        assert_eq!(perhaps.status, OutcomeStatus::Failed);
        assert_eq!(
            perhaps.reason.unwrap(),
            "the execution ended as ABORTED when the message may have been delivered"
        );
        let unrecorded = outcome("FAILED", Some("Message.Unrecorded"), Delivered::No);
        assert_eq!(unrecorded.reason.unwrap(), "what was lost");
        let late = outcome("TIMED_OUT", Some("States.Timeout"), Delivered::No);
        assert_eq!(late.reason.unwrap(), "the execution ended as TIMED_OUT: States.Timeout");
    }

    #[test]
    fn a_stopped_redrive_is_not_cancelled_since_an_execution_before_it_may_have_delivered() {
        let redrive = end("ABORTED", None, r#"{"body":"b","redrive":1}"#).outcome(Delivered::No);
        assert_eq!(redrive.unwrap().status, OutcomeStatus::Failed);
    }

    #[test]
    fn an_input_that_is_no_message_leaves_nothing_to_record() {
        assert_eq!(end("FAILED", None, "[]").outcome(Delivered::No), None);
    }
}
