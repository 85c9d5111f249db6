//! The most that an execution can cost: transitions, history events, seconds.
//!
//! Every figure is an upper bound: every retry is used up, every loop takes its last round, every item is there. It holds
//! as long as activities keep their contracts; then no expression fails, which would be an event of its own.

use std::collections::BTreeMap;

use asl::{Map, Number, Pointer, ProcessorMode, State, StateKind, States, Task};
use dataflow::StateData;
use picture::Graph;

use crate::{
    Invalid,
    longest::Longest,
    loops::Nesting,
    retries::{pauses, retries},
    times::Times,
};

/// The longest history of a Standard execution, in events.
///
/// Source: Step Functions developer guide, "Quotas related to state machine executions".
pub(crate) const EVENT_LIMIT: u64 = 25_000;
/// The events of a history around those of its states: that it has begun, and how it has ended.
pub(crate) const AROUND: u64 = 2;
/// How many iterations of an inline Map run at the same time at most.
///
/// Source: Step Functions developer guide, "Map state processing modes".
const INLINE_CONCURRENCY: u64 = 40;

/// How many iterations of a distributed Map run at the same time at most. Source: as above.
const DISTRIBUTED_CONCURRENCY: u64 = 10_000;

/// How many rounds each loop takes at most, by the name of its head. The head is entered once more, to leave the loop.
pub(crate) type Bounds = BTreeMap<String, u32>;

/// What is summed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// State transitions, which Standard workflows are billed by.
    Transitions,
    /// Events of the history.
    Events,
    /// Seconds of tasks, of the pauses between their attempts, and of waits, where anything bounds them.
    Seconds,
}

/// A workflow under measure.
pub(crate) struct Worst<'a> {
    pub(crate) workflow: &'a str,
    pub(crate) bounds: &'a Bounds,
    /// The data of each state, by its pointer: how many items a `Map` has.
    pub(crate) data: &'a BTreeMap<String, StateData>,
}

impl Worst<'_> {
    /// The largest sum over the states of any path through a set of states.
    pub(crate) fn of(&self, measure: Measure, level: &States, at: &Pointer) -> Result<u64, Invalid> {
        let graph = Graph::of(level).map_err(|name| Invalid::new(self.workflow, name, "the state does not exist"))?;
        let nesting = Nesting::of(&graph).map_err(|state| {
            let detail = "a loop is entered here and at another state too, so that nothing bounds its rounds";
            Invalid::new(self.workflow, graph.names[state], detail)
        })?;
        let rounds = nesting.loops.iter().map(|one| self.rounds(graph.names[one.head]));
        let rounds = rounds.collect::<Result<_, Invalid>>()?;
        let weights = graph.states.iter().zip(&graph.names);
        let weights = weights.map(|(state, name)| self.weight(measure, state, &at.key("States").key(name)));
        let weights = weights.collect::<Result<_, Invalid>>()?;
        let longest = Longest {
            graph: &graph,
            nesting: &nesting,
            rounds,
            weights,
        };
        Ok(longest.sum())
    }

    fn rounds(&self, head: &str) -> Result<u64, Invalid> {
        let rounds = self.bounds.get(head).copied().map(u64::from);
        rounds.ok_or_else(|| Invalid::new(self.workflow, head, "a loop without a bound"))
    }

    fn weight(&self, measure: Measure, state: &State, at: &Pointer) -> Result<u64, Invalid> {
        let attempts = 1 + retries(state);
        let inner = self.inner(measure, state, at)?.saturating_mul(attempts);
        let own = match (measure, &state.kind) {
            (Measure::Transitions, _) => attempts,
            (Measure::Events, StateKind::Task(task)) => attempts.saturating_mul(events(task)).saturating_add(2),
            (Measure::Events, StateKind::Fail(_)) => 1,
            (Measure::Events, StateKind::Map(map)) => attempts
                .saturating_mul(if is_distributed(map) { 4 } else { 2 })
                .saturating_add(2),
            (Measure::Events, StateKind::Parallel(_)) => attempts.saturating_mul(2).saturating_add(2),
            (Measure::Events, _) => 2,
            (Measure::Seconds, StateKind::Task(_) | StateKind::Wait(_)) => {
                // What nothing bounds is named beside the sum.
                Times(self.data)
                    .seconds(&state.kind, at)
                    .unwrap_or(0)
                    .saturating_mul(attempts)
            }
            (Measure::Seconds, _) => 0,
        };
        let pauses = if measure == Measure::Seconds { pauses(state) } else { 0 };
        Ok(own.saturating_add(inner).saturating_add(pauses))
    }

    /// What the states inside a state add, for one attempt.
    fn inner(&self, measure: Measure, state: &State, at: &Pointer) -> Result<u64, Invalid> {
        match &state.kind {
            StateKind::Parallel(parallel) => {
                let branches = parallel.branches.iter().enumerate();
                let sums = branches.map(|(index, branch)| self.of(measure, branch, &at.key("Branches").index(index)));
                let sums = sums.collect::<Result<Vec<_>, _>>()?;
                // Branches run beside each other.
                Ok(match measure {
                    Measure::Seconds => sums.into_iter().max().unwrap_or(0),
                    _ => sums.into_iter().fold(0, u64::saturating_add),
                })
            }
            StateKind::Map(map) => {
                let one = self.of(measure, &map.item_processor.states, &at.key(map.item_processor.name()))?;
                if measure == Measure::Events && is_distributed(map) {
                    return self.child(one, at);
                }
                let iterations = self.iterations(measure, map, at)?;
                // Started and succeeded, for each iteration.
                let around = if measure == Measure::Events { 2 } else { 0 };
                Ok(one.saturating_add(around).saturating_mul(iterations))
            }
            _ => Ok(0),
        }
    }

    /// The iterations of a distributed Map are executions with histories of their own, which add nothing to this one.
    fn child(&self, events: u64, at: &Pointer) -> Result<u64, Invalid> {
        let events = events.saturating_add(AROUND);
        if events <= EVENT_LIMIT {
            return Ok(0);
        }
        let detail = format!(
            "the history of an iteration may reach {events} events; Step Functions ends executions at {EVENT_LIMIT}"
        );
        Err(Invalid::new(self.workflow, at.location(), detail))
    }

    /// How many iterations count: all of them, or for time those that run one after the other.
    fn iterations(&self, measure: Measure, map: &Map, at: &Pointer) -> Result<u64, Invalid> {
        let data = self.data.get(&at.to_string());
        let items = data
            .and_then(|data| data.arguments.known())
            .and_then(|known| known.list.as_ref());
        let Some(most) = items.and_then(|list| list.most) else {
            let detail = "nothing bounds the number of its items: give the list a `maxItems` in its schema";
            return Err(Invalid::new(self.workflow, at.location(), detail));
        };
        if measure != Measure::Seconds {
            return Ok(most);
        }
        let unasked = if is_distributed(map) {
            DISTRIBUTED_CONCURRENCY
        } else {
            INLINE_CONCURRENCY
        };
        let beside = match &map.max_concurrency {
            None => unasked,
            Some(Number::Literal(number)) => match number.as_u64() {
                Some(0) => unasked,
                number => number.unwrap_or(1).min(unasked),
            },
            // It may be one.
            Some(_) => 1,
        };
        Ok(most.div_ceil(beside.max(1)))
    }
}

fn is_distributed(map: &Map) -> bool {
    let config = map.item_processor.processor_config.as_ref();
    config.and_then(|config| config.mode) == Some(ProcessorMode::Distributed)
}

/// The events of one attempt: scheduled, started, ended; and submitted, where what is called goes on by itself.
fn events(task: &Task) -> u64 {
    let goes_on = task.resource.contains(".sync") || task.resource.ends_with(".waitForTaskToken");
    if goes_on { 4 } else { 3 }
}
