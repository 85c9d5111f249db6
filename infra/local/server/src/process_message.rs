//! The workflow `process-message`: what the host does for it besides running it.

use activity_runtime::Invocation;
use engine::Event;
use journal::{Ending, Execution, ExecutionId, Journal, ReadError};
use record_outcome::{Delivered, End, HistoryReader};

use crate::addresses;
use crate::host::{Host, LastCall};
use crate::wire::status_name;

/// The state machine's name.
pub(crate) const NAME: &str = "process-message";
/// The function that records how a message ended.
const RECORD_OUTCOME: &str = "record-outcome";
/// How many events are read at a time: an outage of a week makes thousands.
const PAGE: u64 = 128;

/// Whether the executions of a state machine carry messages.
pub(crate) fn carries(state_machine: &str) -> bool {
    state_machine == NAME
}

/// Whether an execution carried a message and ended in a way that no `Catch` of the workflow has seen: its end has still
/// to be recorded.
pub(crate) fn ended_unseen(state_machine: &str, ending: &Ending) -> bool {
    carries(state_machine) && record_outcome::ended_unseen(status_name(ending.status), ending.error.as_deref())
}

/// Records such an end with the message, as the rule on status changes does on AWS. An input that is no message has
/// nothing to record. `last` is the call that ran when the execution ended.
pub(crate) async fn record_end(host: &Host, ended: &Execution, last: Option<LastCall>) -> Result<(), String> {
    let delivered = delivered(&host.journal, ended.summary.id, last)
        .await
        .map_err(|error| error.to_string())?;
    let end = End {
        arn: addresses::execution_arn(NAME, &ended.summary.name),
        name: ended.summary.name.clone(),
        status: status_name(ended.summary.status).to_owned(),
        started_at: ended.summary.started_at,
        input: ended.input.clone(),
        error: ended.error.clone(),
        cause: ended.cause.clone(),
    };
    let Some(outcome) = end.outcome(delivered) else {
        return Ok(());
    };
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

/// What the history of an execution and its last call tell, whatever became of the execution after that.
async fn delivered(journal: &Journal, execution: ExecutionId, last: Option<LastCall>) -> Result<Delivered, ReadError> {
    let length = journal.history_length(execution).await?;
    let (mut reader, mut next) = (HistoryReader::default(), 1);
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
    Ok(reader.end(last.and_then(known).as_ref()))
}

/// What is known of a call; `None` where another process made it, or it was cut off.
fn known(last: LastCall) -> Option<record_outcome::LastCall> {
    match last {
        LastCall::NeverBegan => Some(record_outcome::LastCall::NeverBegan),
        LastCall::Answered(Event::TaskSucceeded { output, .. }) => Some(record_outcome::LastCall::Succeeded(output)),
        LastCall::Answered(Event::TaskFailed { error, .. }) => Some(record_outcome::LastCall::Failed(error)),
        LastCall::Answered(_) | LastCall::Runs | LastCall::CutOff => None,
    }
}
