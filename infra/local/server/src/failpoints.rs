//! Named places where a build for tests can stop: every commit, before and after, and the moments between.
//!
//! The table is the only list there is. A test stops at each of its entries, starts again and looks at what has become of
//! everything; a place that no longer exists, or that nothing reaches, fails that test. Without the feature `failpoints`
//! nothing of this is compiled in but the names.

#![cfg_attr(
    not(feature = "failpoints"),
    expect(
        unreachable_pub,
        reason = "the names are seen from outside only where tests stop at them"
    )
)]

#[cfg(feature = "failpoints")]
use engine::{Effect, Integration, Step};
use journal::{Batch, CommitError, Journal};

/// An enum and the list of all of its values, from one list.
macro_rules! table {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $value:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$about])* $value,)* }

        #[cfg(feature = "failpoints")]
        impl $name {
            /// All of them, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$value,)*];
        }
    };
}

table! {
    /// What is committed.
    Commit {
        /// A new execution with its first step.
        Start,
        /// A new execution with its first step, and the time of a schedule that starts it.
        Fire,
        /// The time of a schedule that starts nothing.
        Advance,
        /// A schedule that cannot be read, put off.
        PutOffSchedule,
        /// A schedule, created, changed or deleted.
        Schedule,
        /// What events have made of an execution.
        Events,
        /// An execution that ended and goes on, with the first step of that.
        Redrive,
        /// What came with events for an execution that is over.
        Stale,
        /// An entry of the outbox, done.
        FollowUp,
        /// A timer whose execution cannot be loaded, put off.
        PutOff,
        /// A new state machine.
        Machine,
        /// Another revision of a state machine.
        Revision,
        /// The deletion of a state machine.
        DeleteMachine,
        /// A new activity.
        Activity,
        /// The deletion of an activity.
        DeleteActivity,
        /// The tags of a resource.
        Tags,
        /// An event, published by an activity.
        Publish,
        /// Notices taken out of the dead-letter queue.
        Drain,
        /// A notification in the inbox.
        Inbox,
        /// The time that is trusted for what expires.
        Tick,
    }
}

table! {
    /// A moment that is no commit.
    Moment {
        /// A step is durable, and one of its effects is about to be performed.
        Effect,
        /// A call has its place and is about to be made.
        Call,
        /// A call has its answer, which is not durable yet.
        Answer,
        /// Timers are due and about to fire.
        Timers,
        /// An entry of the outbox is about to be done.
        FollowUp,
        /// A start has found an entry of the outbox.
        RecoverFollowUp,
        /// A start has found a task that may not have been called.
        RecoverTask,
        /// A start has taken up everything.
        Recovered,
        /// What has expired is about to be deleted.
        Purge,
        /// An end has begun: nothing begins any more.
        Draining,
        /// At an end, what ran has ended or been called off.
        Drained,
        /// At an end, the journal has been closed.
        Closed,
    }
}

/// A place in the table.
#[cfg(feature = "failpoints")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// A batch is complete and not on its way yet.
    Before(Commit),
    /// A batch is durable, and nobody knows yet.
    After(Commit),
    /// Any other moment.
    At(Moment),
}

/// Commits a batch, past the points before and after it. Everything that this crate writes goes this way.
#[cfg(feature = "failpoints")]
pub(crate) async fn commit(journal: &Journal, what: Commit, batch: Batch) -> Result<(), CommitError> {
    armed::before(what)?;
    journal.commit(batch).await?;
    armed::reached(Point::After(what));
    Ok(())
}

/// Commits a batch. What it is matters only where tests stop.
#[cfg(not(feature = "failpoints"))]
pub(crate) async fn commit(journal: &Journal, _: Commit, batch: Batch) -> Result<(), CommitError> {
    journal.commit(batch).await
}

/// A moment has come.
#[cfg(feature = "failpoints")]
pub(crate) fn at(moment: Moment) {
    armed::reached(Point::At(moment));
}

/// A moment has come, and nobody stops at it.
#[cfg(not(feature = "failpoints"))]
pub(crate) const fn at(_: Moment) {}

/// Whether the order of effect and commit is to be broken for this step: see [`Failure::Hasty`].
#[cfg(feature = "failpoints")]
pub(crate) fn is_hasty(step: &Step) -> bool {
    let waits = |effect: &Effect| matches!(effect, Effect::ScheduleTask(request) if request.integration == Integration::WaitForTaskToken);
    step.effects.iter().any(waits) && armed::is_hasty()
}

#[cfg(feature = "failpoints")]
pub use armed::{Failure, arm, has_failed};

#[cfg(feature = "failpoints")]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use journal::CommitError;

    use super::{Commit, Moment, Point};

    static ARMED: OnceLock<Armed> = OnceLock::new();

    struct Armed {
        failure: Failure,
        /// How many times the place is still passed without harm.
        passes: AtomicUsize,
    }

    /// What happens, and where.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Failure {
        /// The process ends as if it had been killed.
        Abort(Point),
        /// The journal refuses the batch, once.
        Refuse(Commit),
        /// What a step calls with a token is called before the step is committed, and the commit does not come. This is no
        /// failure of the world but a fault of the server, which whoever looks for faults must find.
        Hasty,
    }

    impl Failure {
        /// Every failure of the world that there is.
        pub fn all() -> impl Iterator<Item = Self> {
            let commits = Commit::ALL.iter().flat_map(|what| {
                [
                    Self::Refuse(*what),
                    Self::Abort(Point::Before(*what)),
                    Self::Abort(Point::After(*what)),
                ]
            });
            commits.chain(Moment::ALL.iter().map(|moment| Self::Abort(Point::At(*moment))))
        }
    }

    /// Arms one failure for this process, for the time after its place has been passed `passes` times. Only the first
    /// call of a process counts.
    pub fn arm(failure: Failure, passes: usize) {
        let passes = AtomicUsize::new(passes);
        // Whoever arms twice keeps the first.
        let _ = ARMED.set(Armed { failure, passes });
    }

    /// The armed failure, if it has happened.
    pub fn has_failed() -> Option<Failure> {
        let armed = ARMED.get()?;
        (armed.passes.load(Ordering::SeqCst) > usize::MAX / 2).then_some(armed.failure)
    }

    pub(super) fn is_hasty() -> bool {
        now(Failure::Hasty)
    }

    pub(super) fn before(what: Commit) -> Result<(), CommitError> {
        reached(Point::Before(what));
        if now(Failure::Refuse(what)) {
            return Err(CommitError::Closed);
        }
        Ok(())
    }

    pub(super) fn reached(point: Point) {
        if now(Failure::Abort(point)) {
            std::process::abort();
        }
    }

    /// Whether this is the failure that is armed, and its time has come: true once.
    fn now(failure: Failure) -> bool {
        let Some(armed) = ARMED.get().filter(|armed| armed.failure == failure) else {
            return false;
        };
        // It wraps round after the one time that it has been zero.
        armed.passes.fetch_sub(1, Ordering::SeqCst) == 0
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    fn sources(directory: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.display().to_string(), text));
            }
        }
    }

    #[test]
    fn nothing_is_committed_past_the_table() {
        let mut found = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        let direct = ["journal", ".commit("].concat();
        let past: Vec<&String> = found
            .iter()
            .filter(|(path, text)| text.contains(&direct) && !path.ends_with("failpoints.rs"))
            // Tests lay their ground as they like.
            .filter(|(path, _)| !path.ends_with("/tests.rs"))
            .map(|(path, _)| path)
            .collect();
        assert!(past.is_empty(), "these commit without a failpoint: {past:?}");
    }
}
