//! Redriving an execution: one that ended without success goes on, under its name and with its history.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use engine::{Event, ExecutionStatus, NotRedrivable, RedriveFacts, Step};
use jiff::Timestamp;
use journal::{Batch, CommitError, Execution, ExecutionId, Redrive};

use super::slots::Live;
use super::{Host, HostError};
use crate::failpoints::Commit;
use crate::process_message;

/// For how long a client token stands for the redrive that was made under it.
///
/// Source: Step Functions API reference, `RedriveExecution`, `clientToken`.
const TOKEN_STANDS: Duration = Duration::from_mins(15);

/// How often a redrive is tried while something is still to be done because the execution has ended, and how long between.
const LOOKS: (usize, Duration) = (40, Duration::from_millis(50));

/// Why an execution is not redriven. What it prints is `redriveStatusReason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotNow {
    /// It cannot be.
    #[error(transparent)]
    Execution(#[from] NotRedrivable),
    /// Source: Step Functions API reference, `DescribeExecution`, `redriveStatusReason`.
    #[error("State machine is in DELETING status")]
    Deleting,
    /// DIFFERENCE: AWS knows nothing of messages. The end of this execution is recorded as the message's, and that of a
    /// redrive would be another one.
    #[error("Execution carries a message: redrive the message, which a new execution then carries")]
    Message,
}

/// An execution could not be redriven.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RedriveError {
    /// It is not to be.
    #[error(transparent)]
    NotNow(#[from] NotNow),
    /// It has been deleted meanwhile.
    #[error("the execution is not there any more")]
    Gone,
    /// What follows from its end is not done yet.
    #[error("what follows from the end of the execution is not done yet: try again")]
    NotSettled,
    /// As many executions are open as may be.
    #[error("{0} executions are open, and no more may be: some must end or be stopped first")]
    Full(usize),
    /// The host could not.
    #[error(transparent)]
    Host(#[from] HostError),
}

impl From<journal::ReadError> for RedriveError {
    fn from(error: journal::ReadError) -> Self {
        HostError::from(error).into()
    }
}

/// A redrive that is ready to be made.
struct Ready {
    live: Live,
    step: Step,
    redrive: Redrive,
}

/// What a redrive has come to.
enum Made {
    Now(Timestamp),
    /// Earlier, under the same token.
    Before(Timestamp),
}

impl Host {
    /// Whether an execution can be redriven, and why not.
    pub(crate) async fn redrivable(&self, execution: &Execution) -> Result<Result<(), NotNow>, HostError> {
        let summary = &execution.summary;
        let mut facts = RedriveFacts {
            status: summary.status,
            started: summary.started_at,
            stopped: summary.stopped_at,
            events: 0,
            kept: false,
        };
        if matches!(summary.status, ExecutionStatus::Running | ExecutionStatus::Succeeded) {
            return Ok(facts.redrivable(self.now()).map_err(NotNow::from));
        }
        if process_message::carries(&summary.state_machine_name) {
            return Ok(Err(NotNow::Message));
        }
        if let Some(found) = self.journal.redrivability(summary.id).await? {
            if found.deleted {
                return Ok(Err(NotNow::Deleting));
            }
            (facts.events, facts.kept) = (found.events, found.kept);
        }
        Ok(facts.redrivable(self.now()).map_err(NotNow::from))
    }

    /// Redrives an execution and returns when that is durable. Under the token of an earlier redrive it is that one.
    pub(crate) async fn redrive(
        self: &Arc<Self>,
        execution: ExecutionId,
        token: Option<String>,
    ) -> Result<Timestamp, RedriveError> {
        if self.is_draining() {
            return Err(HostError::Stopping.into());
        }
        let host = Arc::clone(self);
        // The work goes on if the caller goes away: what is being committed must not lose its effects.
        tokio::spawn(async move { host.redrive_here(execution, token).await })
            .await
            .map_err(|ended| HostError::of_task(execution, &ended))?
    }

    async fn redrive_here(
        self: Arc<Self>,
        execution: ExecutionId,
        token: Option<String>,
    ) -> Result<Timestamp, RedriveError> {
        for _ in 0..LOOKS.0 {
            match self.redrive_once(execution, token.clone()).await {
                Err(RedriveError::NotSettled) => tokio::time::sleep(LOOKS.1).await,
                made => return made,
            }
        }
        Err(RedriveError::NotSettled)
    }

    async fn redrive_once(
        self: &Arc<Self>,
        execution: ExecutionId,
        token: Option<String>,
    ) -> Result<Timestamp, RedriveError> {
        let open = self.open.fetch_add(1, Ordering::Relaxed);
        let made = self.redrive_alone(execution, token, open < self.most_open).await;
        // An execution that goes on counts until it ends.
        if !matches!(made, Ok(Made::Now(_))) {
            self.open.fetch_sub(1, Ordering::Relaxed);
        }
        match made? {
            Made::Now(at) | Made::Before(at) => Ok(at),
        }
    }

    /// While nothing else happens to the execution.
    async fn redrive_alone(
        self: &Arc<Self>,
        id: ExecutionId,
        token: Option<String>,
        has_room: bool,
    ) -> Result<Made, RedriveError> {
        let slot = self.slots.lock(id).await;
        let committed = async {
            if let Some(at) = self.redriven_before(id, token.as_deref()).await? {
                return Ok(Err(at));
            }
            let ready = self.prepare(id, token).await?;
            // Its parent is told of this end, and not of what comes after it.
            if self
                .journal
                .redrivability(id)
                .await?
                .is_none_or(|found| found.follow_ups)
            {
                return Err(RedriveError::NotSettled);
            }
            if !has_room {
                return Err(RedriveError::Full(self.most_open));
            }
            let batch = Batch::redriving(id, ready.redrive.clone());
            let durable = self.make_durable(id, Commit::Redrive, batch, &ready.live, &ready.step);
            match durable.await {
                Ok(follow_ups) => Ok(Ok((ready, follow_ups))),
                Err(HostError::Commit(CommitError::Gone)) => Err(RedriveError::Gone),
                Err(error) => Err(error.into()),
            }
        };
        match committed.await {
            Ok(Ok((Ready { live, step, redrive }, follow_ups))) => {
                self.ended.forget(&live.loaded.record.name, live.execution.name());
                self.settle(id, slot, live, step.effects, follow_ups);
                Ok(Made::Now(redrive.at))
            }
            Ok(Err(at)) => {
                self.slots.release(id, slot, false);
                Ok(Made::Before(at))
            }
            Err(error) => {
                self.slots.release(id, slot, false);
                Err(error)
            }
        }
    }

    async fn redriven_before(&self, id: ExecutionId, token: Option<&str>) -> Result<Option<Timestamp>, HostError> {
        let Some(token) = token else { return Ok(None) };
        let since = self.now().saturating_sub(TOKEN_STANDS).unwrap_or(Timestamp::MIN);
        Ok(self.journal.redriven_under(id, token, since).await?)
    }

    /// The execution as it ended, and the step that leads on from there.
    async fn prepare(&self, id: ExecutionId, token: Option<String>) -> Result<Ready, RedriveError> {
        let unreadable = |detail: String| HostError::Load {
            execution: id.0,
            detail,
        };
        let row = self.journal.execution_by_id(id).await?;
        let row = row.ok_or(RedriveError::Gone)?;
        self.redrivable(&row).await??;
        let state = self
            .journal
            .redrivable(id)
            .await?
            .ok_or(NotNow::from(NotRedrivable::NotKept))?;
        let mut live = self
            .read(
                id,
                &state,
                row.summary.state_machine,
                row.revision,
                row.parent.is_some(),
            )
            .await?;
        let at = self.now();
        let step = live
            .execution
            .apply(&live.loaded.machine, Event::Redriven, at, rand::random());
        let Some(redriven) = step.history.first() else {
            return Err(unreadable("its state is not that of an execution which can be redriven".to_owned()).into());
        };
        let redrive = Redrive {
            at: redriven.timestamp,
            count: live.execution.redrives(),
            token,
        };
        Ok(Ready { live, step, redrive })
    }
}
