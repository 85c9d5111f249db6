//! How long one wait, or one attempt of a task, takes at most.

use std::collections::BTreeMap;

use asl::{Number, Pointer, StateKind, StateMachine, WaitFor};
use dataflow::StateData;

/// Seconds for which a task may run that does not say: the language's own bound.
const LONGEST: u32 = 99_999_999;

/// The times of states, by what is known of their data.
pub(crate) struct Times<'a>(pub(crate) &'a BTreeMap<String, StateData>);

impl Times<'_> {
    /// The states whose seconds nothing bounds: neither the definition nor what is known of the data. Waits until a moment
    /// are not among them.
    pub(crate) fn unbounded(&self, machine: &StateMachine) -> Vec<String> {
        let visits = machine.walk().into_iter();
        let unbounded = visits
            .filter(|visit| !waits_until(&visit.state.kind))
            .filter(|visit| self.seconds(&visit.state.kind, &visit.pointer).is_none());
        unbounded.map(|visit| visit.name.to_owned()).collect()
    }

    /// The states that wait until a moment, however far away it is.
    pub(crate) fn until(machine: &StateMachine) -> Vec<String> {
        let visits = machine.walk().into_iter();
        let until = visits.filter(|visit| waits_until(&visit.state.kind));
        until.map(|visit| visit.name.to_owned()).collect()
    }

    /// The seconds that a wait, or one attempt of a task, takes at most.
    pub(crate) fn seconds(&self, kind: &StateKind, at: &Pointer) -> Option<u64> {
        let number = match kind {
            StateKind::Task(task) => match &task.timeout_seconds {
                Some(number) => number,
                None => return Some(LONGEST.into()),
            },
            StateKind::Wait(wait) => match &wait.until {
                WaitFor::Seconds(number) => number,
                WaitFor::Timestamp(_) => return None,
            },
            _ => return Some(0),
        };
        match number {
            Number::Literal(seconds) => seconds.as_u64(),
            // What is as long as the language allows has no bound of its own.
            _ => whole(self.0.get(&at.to_string())?.seconds?).filter(|seconds| *seconds < LONGEST.into()),
        }
    }
}

fn waits_until(kind: &StateKind) -> bool {
    matches!(kind, StateKind::Wait(wait) if matches!(wait.until, WaitFor::Timestamp(_)))
}

/// Seconds of data, rounded up. Nobody waits longer than the language allows.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to what fits"
)]
fn whole(seconds: f64) -> Option<u64> {
    (!seconds.is_nan()).then(|| seconds.ceil().clamp(0.0, f64::from(LONGEST)) as u64)
}
