//! Performing effects, after the step that caused them is durable.

use std::sync::Arc;
use std::time::Duration;

use engine::{Effect, Event, TaskRequest};
use journal::{Batch, ExecutionId, TaskPhase};

use super::calls::{Key, Line, Turn};
use super::{Host, HostError};
use crate::failpoints::{self, Moment};

/// A place in a line, given back however the call ends: by its answer, by being called off, by a panic.
struct Place {
    host: Arc<Host>,
    line: Line,
    key: Key,
}

impl Drop for Place {
    fn drop(&mut self) {
        for next in self.host.calls.leave(self.line, self.key, self.host.monotonic()) {
            self.host.begin_later(self.line, next);
        }
    }
}

impl Host {
    /// `is_asked_for` tells whether somebody will want to know what became of the calls of an execution that has ended.
    pub(super) fn perform(self: &Arc<Self>, id: ExecutionId, effects: Vec<Effect>, is_asked_for: bool) {
        for effect in effects {
            failpoints::at(Moment::Effect);
            match effect {
                Effect::ScheduleTask(request) => self.call(id, request),
                Effect::CancelTask(_) if is_asked_for => {}
                Effect::CancelTask(task) => self.calls.abort((id, task)),
                Effect::StartTimer { at, .. } => self.timers.arm(at),
                Effect::CancelTimer(_) => {}
                Effect::Finish { .. } if is_asked_for => self.calls.let_end(id),
                Effect::Finish { .. } => self.calls.abort_execution(id),
            }
        }
    }

    /// Calls a task's resource in the background, at once or when its turn comes.
    fn call(self: &Arc<Self>, id: ExecutionId, request: TaskRequest) {
        // A task of an activity waits for a worker to ask for it.
        let Some(line) = self.runners.line(&request) else {
            return;
        };
        let turn = Turn {
            key: (id, request.task),
            repeated: false,
            request: Some(Box::new(request)),
        };
        self.enter(line, turn);
    }

    /// The same for a task that a process before this one has scheduled.
    pub(super) fn call_again(self: &Arc<Self>, id: ExecutionId, request: &TaskRequest) {
        let Some(line) = self.runners.line(request) else { return };
        // Its time begins with the call, and not with that of a process before this one.
        let turn = Turn {
            key: (id, request.task),
            repeated: true,
            request: None,
        };
        self.enter(line, turn);
    }

    fn enter(self: &Arc<Self>, line: Line, turn: Turn) {
        for turn in self.calls.enter(line, turn, self.monotonic()) {
            self.begin(line, turn);
        }
    }

    /// The turn of a call has come that waited.
    fn begin_later(self: &Arc<Self>, line: Line, turn: Turn) {
        // Whoever drops a place may be the runtime at its end, where nothing can begin any more.
        if tokio::runtime::Handle::try_current().is_ok() {
            self.begin(line, turn);
        }
    }

    fn begin(self: &Arc<Self>, line: Line, turn: Turn) {
        let key = turn.key;
        let place = Place {
            host: Arc::clone(self),
            line,
            key,
        };
        let call = tokio::spawn(Arc::clone(self).call_here(place, turn));
        self.calls.can_be_aborted(key, call.abort_handle());
    }

    async fn call_here(self: Arc<Self>, place: Place, turn: Turn) {
        let Turn { key, repeated, request } = turn;
        let request = match request {
            Some(request) => *request,
            None => match self.waited(key).await {
                Some(request) => request,
                None => return,
            },
        };
        failpoints::at(Moment::Call);
        let answer = crate::runners::run(&self, key.0, &request, repeated).await;
        failpoints::at(Moment::Answer);
        // What the answer leads to may cancel the task or end the execution, and must not abort this very call.
        self.calls.answered(key);
        let (event, batch) = answer;
        self.tell(key.0, &event, batch).await;
        self.calls.ended(key, event);
        drop(place);
    }

    /// The request of a call that has waited without it, unless it was called off in the meantime. Its timeout begins anew:
    /// that we had no place for it is no fault of what it calls.
    async fn waited(self: &Arc<Self>, (id, task): Key) -> Option<TaskRequest> {
        let row = patiently(pauses().take(READ_AGAIN), || self.journal.task(id, task)).await;
        let row = row
            .inspect_err(
                |error| tracing::error!(execution = id.0, %error, "a task cannot be read; a restart repeats it"),
            )
            .ok()??;
        if row.phase != TaskPhase::Scheduled {
            return None;
        }
        let request: TaskRequest = serde_json::from_str(&row.request)
            .inspect_err(|error| tracing::error!(execution = id.0, %error, "a task cannot be repeated"))
            .ok()?;
        self.tell_quietly(id, Event::TaskStarted { task }).await;
        self.calls.has_begun((id, task));
        Some(request)
    }

    async fn tell_quietly(self: &Arc<Self>, id: ExecutionId, event: Event) {
        if let Err(error) = self.apply(id, event, Batch::new()).await {
            tracing::warn!(execution = id.0, %error, "the timeout of a call that waited goes on");
        }
    }

    /// Applies an event however long the journal refuses it: nobody else has it. A restart repeats what caused it.
    async fn tell(self: &Arc<Self>, id: ExecutionId, event: &Event, batch: Batch) {
        for pause in pauses() {
            match self.apply(id, event.clone(), batch.clone()).await {
                Ok(_) | Err(HostError::Stopping | HostError::Load { .. }) => return,
                Err(error) => {
                    tracing::warn!(execution = id.0, %error, "an answer could not be written and is tried again");
                }
            }
            tokio::time::sleep(pause).await;
        }
    }
}

/// The pauses between attempts at something that has to work in the end.
fn pauses() -> impl Iterator<Item = Duration> {
    std::iter::successors(Some(Duration::from_millis(50)), |pause| {
        Some((*pause * 2).min(Duration::from_secs(5)))
    })
}

/// How often something is tried again to be read that nobody else would read before a restart: for about a minute.
const READ_AGAIN: usize = 16;

/// Reads, and again after each pause if it cannot be read.
async fn patiently<T, E, F>(pauses: impl Iterator<Item = Duration>, read: impl Fn() -> F) -> Result<T, E>
where
    E: std::fmt::Display,
    F: Future<Output = Result<T, E>>,
{
    for pause in pauses {
        match read().await {
            Ok(read) => return Ok(read),
            Err(error) => tracing::warn!(%error, "a task cannot be read and is tried again"),
        }
        tokio::time::sleep(pause).await;
    }
    read().await
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use super::{READ_AGAIN, patiently, pauses};

    #[tokio::test]
    async fn what_cannot_be_read_is_tried_again_and_not_for_ever() {
        let tries = Cell::new(0);
        let readable_at = |at: usize| {
            tries.set(0);
            let tries = &tries;
            patiently(std::iter::repeat_n(Duration::ZERO, 3), move || async move {
                tries.set(tries.get() + 1);
                if tries.get() >= at {
                    Ok(tries.get())
                } else {
                    Err("busy")
                }
            })
        };
        assert_eq!(readable_at(1).await, Ok(1));
        assert_eq!(readable_at(4).await, Ok(4));
        assert_eq!(readable_at(5).await, Err("busy"));
        assert_eq!(tries.get(), 4);
        let longest: Duration = pauses().take(READ_AGAIN).sum();
        assert!(
            (Duration::from_secs(30)..Duration::from_mins(2)).contains(&longest),
            "{longest:?}"
        );
    }
}
