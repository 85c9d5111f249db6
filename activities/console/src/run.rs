//! What an execution has done, state by state, read from its history.
//!
//! A pure fold: [`Run::apply`] takes one event after the other, as `GetExecutionHistory` gives them, and needs nothing else
//! but the [`Outline`] of the definition. Events name their predecessor, not the state that they belong to; which visit of
//! which state that is follows from the predecessor and from what stands inside of what.
//!
//! Source: Step Functions API reference, `HistoryEvent`; recorded histories.

mod event;
mod outcome;
mod outline;
mod standing;
mod visit;

use std::collections::HashMap;

use jiff::Timestamp;

pub use event::Event;
pub(crate) use event::time as event_time;
pub use outcome::Outcome;
pub use outline::{Outline, Part};
pub use standing::{Scope, Standing};
pub use visit::{Attempt, Failure, Iteration, Place, Visit};

/// An execution as far as its history has been read.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// The visits of states in the order in which they were entered.
    pub visits: Vec<Visit>,
    /// The id of the last event.
    pub last: u64,
    /// How the execution ended.
    pub end: Option<End>,
    visit_of: HashMap<u64, usize>,
    iteration_of: HashMap<u64, u32>,
    last_failure: Option<Failure>,
}

/// The end of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// When.
    pub at: Timestamp,
    /// How: succeeded, failed, timed out or aborted.
    pub outcome: Outcome,
    /// The error and its cause, where there is one.
    pub failure: Option<Failure>,
}

impl Run {
    /// The run of a whole history.
    pub fn of<'a>(outline: &Outline, events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut run = Self::default();
        events.into_iter().for_each(|event| run.apply(outline, event));
        run
    }

    /// The visit that an event belongs to.
    pub fn visit_of(&self, event: u64) -> Option<usize> {
        self.visit_of.get(&event).copied()
    }

    /// The visit that began with this event.
    pub fn entered_at(&self, event: u64) -> Option<usize> {
        self.visit_of(event).filter(|visit| self.visits[*visit].id == event)
    }

    /// Takes the next event.
    pub fn apply(&mut self, outline: &Outline, event: &Event) {
        self.last = self.last.max(event.id);
        if event.kind.starts_with("Execution") {
            return self.execution(event);
        }
        let from = self.visit_of(event.previous);
        let visit = if event.kind.ends_with("StateEntered") {
            self.enter(outline, event, from)
        } else {
            let found = self.find(event, from);
            if let Some(visit) = found {
                self.happened(visit, event);
            }
            found
        };
        if let Some(visit) = visit {
            self.visit_of.insert(event.id, visit);
            self.visits[visit].events.push(event.id);
        }
    }

    fn enter(&mut self, outline: &Outline, event: &Event, from: Option<usize>) -> Option<usize> {
        let name = event.text("name")?;
        let inside = self.inside(outline, &name, event, from);
        let mut visit = Visit::new(event, name, inside);
        if visit.kind == "Fail" {
            visit.close(event.at, Outcome::Failed);
        }
        self.visits.push(visit);
        Some(self.visits.len() - 1)
    }

    /// The visit of a Map or Parallel state, and its iteration or branch, in which a state is entered.
    fn inside(&self, outline: &Outline, name: &str, event: &Event, from: Option<usize>) -> Option<Place> {
        let part = outline.part(name)?;
        let (owner, branch) = part.owner.as_ref()?;
        let sibling = |visit: usize| {
            let place = self.visits[visit].inside?;
            (self.visits[place.visit].state == *owner).then_some(place)
        };
        for visit in self.upwards(from) {
            if self.visits[visit].state == *owner {
                let index = self.iteration_of.get(&event.previous).copied().unwrap_or(*branch);
                return Some(Place { visit, index });
            }
            if let Some(place) = sibling(visit) {
                return Some(place);
            }
        }
        let latest = self.visits.iter().rposition(|visit| visit.state == *owner)?;
        Some(Place {
            visit: latest,
            index: *branch,
        })
    }

    /// The visit that an event belongs to which is no entry.
    fn find(&self, event: &Event, from: Option<usize>) -> Option<usize> {
        let named = event.text("name").or_else(|| event.text("state"));
        if let Some(name) = named.filter(|_| !event.is_of_a_task()) {
            let above = self.upwards(from).find(|visit| self.visits[*visit].state == name);
            return above.or_else(|| self.visits.iter().rposition(|visit| visit.state == name));
        }
        // What is about a whole Map or Parallel state follows the last event inside of it.
        let wanted = ["MapState", "MapRun", "ParallelState"]
            .iter()
            .find(|prefix| event.kind.starts_with(**prefix));
        match wanted {
            Some(prefix) => {
                let kind = if prefix.starts_with("Map") { "Map" } else { "Parallel" };
                let fits = |visit: &usize| self.visits[*visit].kind == kind && self.visits[*visit].is_open();
                self.upwards(from).find(fits)
            }
            None => from,
        }
    }

    /// A visit and those around it, from the inside out.
    fn upwards(&self, from: Option<usize>) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(from, |visit| self.visits[*visit].inside.map(|place| place.visit))
    }

    fn happened(&mut self, visit: usize, event: &Event) {
        if event.kind.starts_with("MapIteration") {
            return self.iteration(visit, event);
        }
        let starts_over = event.kind.ends_with("StateStarted");
        // Whoever was inside at the attempt before did not come to an end.
        if event.kind.ends_with("StateFailed") || starts_over && !self.visits[visit].attempts.is_empty() {
            let failure = self.last_failure.clone();
            self.break_off(visit, event.at);
            self.visits[visit].fail(event, failure);
        }
        if starts_over {
            self.supersede(visit);
        }
        self.visits[visit].happened(event);
        if event.is_a_failure() {
            self.last_failure.clone_from(&self.visits[visit].failure);
        }
    }

    fn iteration(&mut self, visit: usize, event: &Event) {
        let Some(index) = event.number("index").and_then(|index| u32::try_from(index).ok()) else {
            return;
        };
        if event.kind == "MapIterationStarted" {
            self.iteration_of.insert(event.id, index);
        }
        if event.kind == "MapIterationFailed" || event.kind == "MapIterationAborted" {
            let inside = Place { visit, index };
            let within: Vec<usize> = (0..self.visits.len())
                .filter(|other| self.places(*other).any(|place| place == inside))
                .collect();
            for other in within {
                self.visits[other].break_off(event.at);
            }
        }
        self.visits[visit].iteration(index, event);
    }

    /// The places that a visit stands in, from the inside out.
    fn places(&self, visit: usize) -> impl Iterator<Item = Place> + '_ {
        std::iter::successors(self.visits[visit].inside, |place| self.visits[place.visit].inside)
    }

    /// Ends everything that is open inside of a visit.
    fn break_off(&mut self, container: usize, at: Timestamp) {
        let within: Vec<usize> = (container + 1..self.visits.len())
            .filter(|visit| self.visits[*visit].is_open() && self.places(*visit).any(|place| place.visit == container))
            .collect();
        for visit in within {
            self.visits[visit].break_off(at);
        }
        self.visits[container].break_off_iterations(at);
    }

    /// The whole Map or Parallel state begins anew.
    fn supersede(&mut self, container: usize) {
        let within: Vec<usize> = (container + 1..self.visits.len())
            .filter(|visit| self.places(*visit).any(|place| place.visit == container))
            .collect();
        for visit in within {
            self.visits[visit].superseded = true;
        }
        self.visits[container].iterations.clear();
    }

    fn execution(&mut self, event: &Event) {
        let outcome = match event.kind.as_str() {
            "ExecutionSucceeded" => Outcome::Succeeded,
            "ExecutionFailed" => Outcome::Failed,
            "ExecutionTimedOut" => Outcome::TimedOut,
            "ExecutionAborted" => Outcome::Aborted,
            "ExecutionRedriven" => return self.redriven(),
            _ => return,
        };
        let failure = event.failure();
        let end = End {
            at: event.at,
            outcome,
            failure: failure.clone(),
        };
        if outcome == Outcome::Failed {
            self.blame(failure.as_ref());
        }
        let open: Vec<usize> = (0..self.visits.len())
            .filter(|visit| self.visits[*visit].is_open())
            .collect();
        for visit in open {
            self.visits[visit].break_off(event.at);
            self.visits[visit].break_off_iterations(event.at);
        }
        self.end = Some(end);
    }

    /// What has not succeeded goes on, inside of what has not succeeded. A `Fail` state is entered anew.
    fn redriven(&mut self) {
        self.end = None;
        for at in 0..self.visits.len() {
            let visit = &self.visits[at];
            // Whatever is around comes before, and has been reopened if it goes on.
            let around = visit.inside.is_none_or(|place| self.visits[place.visit].is_open());
            if visit.exited.is_none() && !visit.superseded && visit.kind != "Fail" && around {
                self.visits[at].reopen();
            }
        }
    }

    /// Finds the state that made the execution fail, where no event of its own says so: the cause names the event of its
    /// entry, and a `Fail` state has nothing but the execution's error.
    fn blame(&mut self, failure: Option<&Failure>) {
        let named = failure
            .and_then(|failure| failure.cause.as_deref())
            .and_then(entered_in);
        let visit = named.and_then(|event| self.entered_at(event)).or_else(|| {
            let last = self.visits.last()?;
            (last.kind == "Fail").then(|| self.visits.len() - 1)
        });
        if let Some(visit) = visit.map(|visit| &mut self.visits[visit]) {
            if visit.failure.is_none() {
                visit.failure = failure.cloned();
            }
            visit.broken = true;
        }
    }
}

/// The event named in a cause: "… (entered at the event id #7) …".
fn entered_in(cause: &str) -> Option<u64> {
    let (_, rest) = cause.split_once("(entered at the event id #")?;
    rest.split_once(')')?.0.parse().ok()
}

#[cfg(test)]
mod tests;
