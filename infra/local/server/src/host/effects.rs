//! Performing effects, after the step that caused them is durable.

use std::sync::Arc;
use std::time::Duration;

use engine::{Effect, Event, TaskRequest};
use journal::{Batch, ExecutionId};

use super::{Host, HostError};

impl Host {
    pub(super) fn perform(self: &Arc<Self>, id: ExecutionId, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::ScheduleTask(request) => self.call(id, request, false),
                Effect::CancelTask(task) => self.running.abort((id, task)),
                Effect::StartTimer { at, .. } => self.timers.arm(at),
                Effect::CancelTimer(_) => {}
                Effect::Finish { .. } => self.running.abort_execution(id),
            }
        }
    }

    /// Calls a task's resource in the background.
    pub(super) fn call(self: &Arc<Self>, id: ExecutionId, request: TaskRequest, repeated: bool) {
        let key = (id, request.task);
        let host = Arc::clone(self);
        self.running.add(key, || {
            tokio::spawn(host.call_here(id, request, repeated)).abort_handle()
        });
    }

    async fn call_here(self: Arc<Self>, id: ExecutionId, request: TaskRequest, repeated: bool) {
        let key = (id, request.task);
        let Some((event, batch)) = crate::runners::run(&self, id, &request, repeated).await else {
            self.running.remove(key);
            return;
        };
        // What the answer leads to may cancel the task or end the execution, and must not abort this very call.
        self.running.remove(key);
        self.tell(id, event, batch).await;
    }

    /// Applies an event however long the journal refuses it: nobody else has it. A restart repeats what caused it.
    async fn tell(self: &Arc<Self>, id: ExecutionId, event: Event, batch: Batch) {
        let mut pause = Duration::from_millis(50);
        loop {
            match self.apply(id, event.clone(), batch.clone()).await {
                Ok(_) | Err(HostError::Stopping | HostError::Load { .. }) => return,
                Err(error) => {
                    tracing::warn!(execution = id.0, %error, "an answer could not be written and is tried again");
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }
}
