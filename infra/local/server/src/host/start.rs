//! Starting an execution.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use engine::{Execution, ExecutionStatus, Identity, TaskId};
use jiff::Timestamp;
use journal::{Batch, CommitError, ExecutionId, NewExecution};

use super::slots::Live;
use super::{Host, HostError, Loaded, StartError};
use crate::addresses;
use crate::failpoints::{self, Commit};

/// An execution that is to be started.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    /// The state machine.
    pub(crate) loaded: Arc<Loaded>,
    /// The execution's name.
    pub(crate) name: String,
    /// Its input as JSON text.
    pub(crate) input: String,
    /// `traceHeader`.
    pub(crate) trace_header: Option<String>,
    /// The execution and task that wait for its end.
    pub(crate) parent: Option<(ExecutionId, TaskId)>,
    /// What becomes durable with it: the time of the schedule that starts it.
    pub(crate) with: Option<Batch>,
}

/// An execution that runs, or ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Started {
    /// Its ARN.
    pub(crate) arn: String,
    /// When it started.
    pub(crate) at: Timestamp,
    /// Whether it was there already: the same request has been made before, and it is still open.
    pub(crate) repeated: bool,
}

impl Host {
    /// Starts an execution and returns when that is durable.
    ///
    /// Idempotent as AWS's is: the same name and input while the execution is open give the same answer.
    pub(crate) async fn start(self: &Arc<Self>, start: Start) -> Result<Started, StartError> {
        if self.is_draining() {
            return Err(HostError::Stopping.into());
        }
        let host = Arc::clone(self);
        tokio::spawn(async move { host.start_here(start).await })
            .await
            .map_err(|ended| HostError::of_task(ExecutionId(0), &ended))?
    }

    async fn start_here(self: Arc<Self>, start: Start) -> Result<Started, StartError> {
        // What an execution has begun is not refused to it: that work was accepted before.
        let bounded = start.parent.is_none();
        let open = self.open.fetch_add(1, Ordering::Relaxed);
        if bounded {
            self.calls.starting(self.monotonic());
        }
        let started = if bounded && open >= self.most_open {
            self.existing_or_full(start).await
        } else {
            self.start_new(start).await
        };
        // An execution that has begun counts until it ends.
        if !matches!(&started, Ok(started) if !started.repeated) {
            self.open.fetch_sub(1, Ordering::Relaxed);
        }
        started
    }

    /// There is no room for another execution; one that is there already is no other.
    async fn existing_or_full(&self, start: Start) -> Result<Started, StartError> {
        let arn = addresses::execution_arn(&start.loaded.record.name, &start.name);
        match self.existing(start, arn, CommitError::Exists).await {
            Err(StartError::Host(HostError::Commit(CommitError::Exists))) => Err(StartError::Full(self.most_open)),
            found => found,
        }
    }

    async fn start_new(self: &Arc<Self>, mut start: Start) -> Result<Started, StartError> {
        let (id, now) = (self.journal.next_execution_id(), self.now());
        let identity = identity(&start);
        let arn = identity.execution_arn.clone();
        let (execution, step) = Execution::start(&start.loaded.machine, identity, &start.input, now, rand::random());
        let live = Live {
            execution,
            loaded: Arc::clone(&start.loaded),
            has_parent: start.parent.is_some(),
        };
        let slot = self.slots.lock(id).await;
        let mut batch = Batch::creating_execution(new_execution(id, now, &start));
        let follow_ups = self.record(&mut batch, id, &live.execution, &step, &live.loaded, live.has_parent)?;
        let what = start.with.take().map_or(Commit::Start, |with| {
            batch.append(with);
            Commit::Fire
        });
        match failpoints::commit(&self.journal, what, batch).await {
            Ok(()) => {
                self.meters.started(&start.loaded.record.name);
                self.ended.started(id, &start, now, &step.effects);
                self.settle(id, slot, live, step.effects, follow_ups);
                if let Some((parent, task)) = start.parent {
                    self.stop_if_orphaned(parent, task).await;
                }
                Ok(Started {
                    arn,
                    at: now,
                    repeated: false,
                })
            }
            Err(error) => {
                self.slots.release(id, slot, false);
                self.existing(start, arn, error).await
            }
        }
    }

    /// The execution that has the name already, if it is the same and open.
    async fn existing(&self, start: Start, arn: String, error: CommitError) -> Result<Started, StartError> {
        if !matches!(error, CommitError::Exists) {
            return Err(HostError::from(error).into());
        }
        let existing = self
            .journal
            .execution(&start.loaded.record.name, &start.name)
            .await
            .map_err(HostError::from)?;
        let existing = existing.ok_or(HostError::Commit(CommitError::Exists))?;
        let open = existing.summary.status == ExecutionStatus::Running;
        let repeated_task = start.parent.is_some() && existing.parent == start.parent;
        if repeated_task || open && existing.input == start.input {
            return Ok(Started {
                arn,
                at: existing.summary.started_at,
                repeated: true,
            });
        }
        Err(StartError::Exists(Box::new(existing)))
    }
}

fn identity(start: &Start) -> Identity {
    let machine = &start.loaded.record;
    Identity {
        execution_arn: addresses::execution_arn(&machine.name, &start.name),
        execution_name: start.name.clone(),
        state_machine_arn: addresses::state_machine_arn(&machine.name),
        state_machine_name: machine.name.clone(),
        role_arn: machine.revision.role_arn.clone(),
    }
}

fn new_execution(id: ExecutionId, now: Timestamp, start: &Start) -> NewExecution {
    NewExecution {
        id,
        state_machine: start.loaded.record.id,
        revision: start.loaded.record.revision.number,
        name: start.name.clone(),
        started_at: now,
        input: start.input.clone(),
        trace_header: start.trace_header.clone(),
        parent: start.parent,
    }
}
