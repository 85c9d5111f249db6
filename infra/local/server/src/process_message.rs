//! The workflow `process-message`: what the host does for it besides running it.

mod delivered;

use activity_runtime::Invocation;
use contracts::{Execution as Carrier, Message, Outcome, OutcomeStatus};
use delivered::Delivered;
use engine::ExecutionStatus;
use journal::{Ending, Execution};

use crate::addresses;
use crate::host::{Host, LastCall};

/// The state machine's name.
pub(crate) const NAME: &str = "process-message";
/// The error with which the workflow itself ends a message, after the dead letter has been written.
const DEAD_LETTERED: &str = "Message.DeadLettered";
/// The error with which the workflow ends a message whose failure could not be recorded; the cause is its reason.
const UNRECORDED: &str = "Message.Unrecorded";
/// The function that records how a message ended.
const RECORD_OUTCOME: &str = "record-outcome";

/// Whether an execution carried a message and ended in a way that no `Catch` of the workflow has seen: its end has still
/// to be recorded.
pub(crate) fn ended_unseen(state_machine: &str, ending: &Ending) -> bool {
    state_machine == NAME
        && matches!(
            ending.status,
            ExecutionStatus::Failed | ExecutionStatus::TimedOut | ExecutionStatus::Aborted
        )
        && ending.error.as_deref() != Some(DEAD_LETTERED)
}

/// Records such an end with the message, as the rule on status changes does on AWS. An input that is no message has
/// nothing to record. `last` is the call that ran when the execution ended.
pub(crate) async fn record_end(host: &Host, ended: &Execution, last: Option<LastCall>) -> Result<(), String> {
    let Ok(message) = serde_json::from_str::<Message>(&ended.input) else {
        return Ok(());
    };
    let delivered = delivered::read(&host.journal, ended.summary.id, last)
        .await
        .map_err(|error| error.to_string())?;
    let outcome = outcome(ended, message, delivered);
    let payload = serde_json::to_vec(&outcome).map_err(|error| error.to_string())?;
    let function = host
        .runners()
        .linked
        .function(RECORD_OUTCOME)
        .ok_or("record-outcome is not part of this program")?;
    let invocation = Invocation {
        request_id: format!("end of {}", ended.summary.name),
        ..Invocation::default()
    };
    match function.invoke(&payload, &invocation).await {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{}: {}", error.error_type, error.error_message)),
    }
}

/// Only a message that ntfy cannot have is cancelled, however its execution ended. One that it has failed and was delivered,
/// so that its redrive records it and does not send it again; one that it may have failed, and its redrive looks first.
fn outcome(ended: &Execution, message: Message, delivered: Delivered) -> Outcome {
    let delivered = match &message.receipt {
        Some(receipt) if !matches!(delivered, Delivered::Yes(_)) => Delivered::Yes(receipt.clone()),
        _ => delivered,
    };
    let cancelled = ended.summary.status == ExecutionStatus::Aborted && delivered == Delivered::No;
    Outcome {
        status: if cancelled {
            OutcomeStatus::Cancelled
        } else {
            OutcomeStatus::Failed
        },
        execution: Carrier {
            arn: addresses::execution_arn(NAME, &ended.summary.name),
            name: ended.summary.name.clone(),
            started_at: ended.summary.started_at,
        },
        message,
        reason: (!cancelled).then(|| reason(ended, &delivered)),
        receipt: delivered.receipt(),
    }
}

/// Error names are contract; causes may quote data and stay in the history, but for the one that the workflow itself wrote.
fn reason(ended: &Execution, delivered: &Delivered) -> String {
    let status = crate::wire::status_name(ended.summary.status);
    let when = match delivered {
        Delivered::Yes(_) => " after the message was delivered",
        Delivered::Perhaps => " when the message may have been delivered",
        Delivered::No => "",
    };
    match (&ended.error, &ended.cause) {
        (Some(error), Some(reason)) if error == UNRECORDED => reason.clone(),
        (Some(error), _) => format!("the execution ended as {status}{when}: {error}"),
        (None, _) => format!("the execution ended as {status}{when}"),
    }
}

#[cfg(test)]
mod tests {
    use engine::ExecutionStatus;
    use jiff::Timestamp;
    use journal::Ending;

    use super::{NAME, ended_unseen};

    fn ending(status: ExecutionStatus, error: Option<&str>) -> Ending {
        let error = error.map(str::to_owned);
        Ending {
            status,
            stopped_at: Timestamp::UNIX_EPOCH,
            output: None,
            error,
            cause: None,
        }
    }

    #[test]
    fn only_ends_that_the_workflow_did_not_see_are_recorded_by_the_host() {
        use ExecutionStatus::{Aborted, Failed, Succeeded, TimedOut};
        for (status, error, unseen) in [
            (Succeeded, None, false),
            (Failed, Some("Message.DeadLettered"), false),
            (Failed, Some("States.Runtime"), true),
            (Failed, Some("Message.Unrecorded"), true),
            (TimedOut, Some("States.Timeout"), true),
            (Aborted, None, true),
        ] {
            assert_eq!(
                ended_unseen(NAME, &ending(status, error)),
                unseen,
                "{status:?} {error:?}"
            );
        }
        assert!(!ended_unseen("another", &ending(Failed, None)));
    }
}
