//! What a step leaves in the journal.

use engine::{Effect, Execution, Step};
use jiff::Timestamp;
use journal::{Batch, Chunk, Ending, ExecutionId, Outbox, Task, TaskPhase};

use super::{Host, HostError, Loaded};
use crate::process_message;

impl Host {
    /// Adds a step to a batch: its history, its tasks and timers, and the execution's new state or end. Returns the
    /// entries of the outbox that go with it.
    pub(super) fn record(
        &self,
        batch: &mut Batch,
        id: ExecutionId,
        execution: &Execution,
        step: &Step,
        loaded: &Loaded,
        has_parent: bool,
    ) -> Result<Vec<Outbox>, HostError> {
        if let Some(chunk) = chunk(step) {
            batch.append_history(id, chunk);
        }
        // What a step does happens at one time, that of its events.
        let at = step.history.last().map_or_else(|| self.now(), |event| event.timestamp);
        let mut ending = None;
        for effect in &step.effects {
            ending = record_effect(batch, id, effect, at)?.or(ending);
        }
        let Some(ending) = ending else {
            batch.keep_state(id, stored(id, execution)?);
            return Ok(Vec::new());
        };
        let follow_ups = self.follow_ups(id, &ending, loaded, has_parent);
        batch.finish(id, ending);
        if execution.is_worth_keeping() && !process_message::carries(&loaded.record.name) {
            batch.keep_redrivable(id, stored(id, execution)?);
        }
        for entry in &follow_ups {
            batch.put_outbox(entry.clone());
        }
        Ok(follow_ups)
    }

    /// What is still to be done when an execution has ended.
    fn follow_ups(&self, id: ExecutionId, ending: &Ending, loaded: &Loaded, has_parent: bool) -> Vec<Outbox> {
        let mut kinds = Vec::new();
        if has_parent {
            kinds.push(super::outbox::TELL_PARENT);
        }
        if process_message::ended_unseen(&loaded.record.name, ending) {
            kinds.push(super::outbox::RECORD_OUTCOME);
        }
        kinds
            .into_iter()
            .map(|kind| Outbox {
                id: self.journal.next_outbox_id(),
                kind: kind.to_owned(),
                payload: id.0.to_string(),
            })
            .collect()
    }
}

fn record_effect(
    batch: &mut Batch,
    id: ExecutionId,
    effect: &Effect,
    now: Timestamp,
) -> Result<Option<Ending>, HostError> {
    match effect {
        Effect::ScheduleTask(request) => batch.put_task(Task {
            execution: id,
            task: request.task,
            phase: TaskPhase::Scheduled,
            resource: request.resource.clone(),
            token: request.token.clone(),
            request: serde_json::to_string(request).map_err(|error| unreadable(id, &error))?,
        }),
        Effect::CancelTask(task) => batch.remove_task(id, *task),
        Effect::StartTimer { timer, at } => batch.start_timer(id, *timer, *at),
        Effect::CancelTimer(timer) => batch.remove_timer(id, *timer),
        Effect::Finish {
            status,
            output,
            error,
            cause,
        } => {
            return Ok(Some(Ending {
                status: *status,
                stopped_at: now,
                output: output.clone(),
                error: error.clone(),
                cause: cause.clone(),
            }));
        }
    }
    Ok(None)
}

fn stored(id: ExecutionId, execution: &Execution) -> Result<Vec<u8>, HostError> {
    serde_json::to_vec(execution).map_err(|error| unreadable(id, &error))
}

fn chunk(step: &Step) -> Option<Chunk> {
    Some(Chunk {
        first: step.history.first()?.id,
        last: step.history.last()?.id,
        events: engine::pack(&step.history),
    })
}

fn unreadable(id: ExecutionId, error: &serde_json::Error) -> HostError {
    HostError::Load {
        execution: id.0,
        detail: error.to_string(),
    }
}
