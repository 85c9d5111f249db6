//! The most that an execution can cost: transitions, history events, seconds.
//!
//! Every figure is an upper bound: every retry is used up, every loop takes its last round, every item is there.

use std::collections::BTreeMap;

use asl::{Map, Pointer, Retrier, State, StateKind, States, Task, WaitFor};
use dataflow::StateData;
use picture::Graph;

use crate::Invalid;

/// `MaxAttempts` of a retrier that does not say.
const DEFAULT_ATTEMPTS: u64 = 3;
/// Seconds for which a task may run that does not say: the language's own bound.
const NO_TIMEOUT: u64 = 99_999_999;

/// How often the head of each loop is entered at most, by the head's name.
pub(crate) type Bounds = BTreeMap<String, u32>;

/// What is summed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// State transitions, which Standard workflows are billed by.
    Transitions,
    /// Events of the history.
    Events,
    /// Seconds of tasks, of the pauses between their attempts, and of waits whose length is written down.
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
        let weights = graph.states.iter().zip(&graph.names);
        let weights = weights.map(|(state, name)| self.weight(measure, state, &at.key("States").key(name)));
        let weights = weights.collect::<Result<Vec<u64>, Invalid>>()?;
        Way {
            workflow: self.workflow,
            graph: &graph,
            bounds: self.bounds,
        }
        .sum(|state| weights[state])
    }

    fn weight(&self, measure: Measure, state: &State, at: &Pointer) -> Result<u64, Invalid> {
        let attempts = 1 + retries(state);
        let inner = self.inner(measure, state, at)?.saturating_mul(attempts);
        let own = match (measure, &state.kind) {
            (Measure::Transitions, _) => attempts,
            (Measure::Events, StateKind::Task(_)) => attempts.saturating_mul(3).saturating_add(2),
            (Measure::Events, StateKind::Fail(_)) => 1,
            (Measure::Events, StateKind::Map(_) | StateKind::Parallel(_)) => {
                attempts.saturating_mul(2).saturating_add(2)
            }
            (Measure::Events, _) => 2,
            (Measure::Seconds, StateKind::Task(task)) => timeout(task).saturating_mul(attempts),
            (Measure::Seconds, StateKind::Wait(wait)) => seconds(&wait.until),
            (Measure::Seconds, _) => 0,
        };
        let pauses = if measure == Measure::Seconds {
            state.kind.retry().iter().map(pauses).sum()
        } else {
            0
        };
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
                let rounds = self.rounds(measure, map, at)?;
                // Started and succeeded, for each iteration.
                let around = if measure == Measure::Events { 2 } else { 0 };
                Ok(one.saturating_add(around).saturating_mul(rounds))
            }
            _ => Ok(0),
        }
    }

    /// How many iterations count: all of them, or for time those that run one after the other.
    fn rounds(&self, measure: Measure, map: &Map, at: &Pointer) -> Result<u64, Invalid> {
        let data = self.data.get(&at.to_string());
        let items = data
            .and_then(|data| data.arguments.known())
            .and_then(|known| known.list.as_ref());
        let Some(most) = items.and_then(|list| list.most) else {
            let detail = "nothing bounds the number of its items: give the list a `maxItems` in its schema";
            return Err(Invalid::new(self.workflow, at.location(), detail));
        };
        let beside = match &map.max_concurrency {
            Some(asl::Number::Literal(number)) => number.as_u64().filter(|number| *number > 0).unwrap_or(most),
            _ => most,
        };
        Ok(if measure == Measure::Seconds {
            most.div_ceil(beside.max(1))
        } else {
            most
        })
    }
}

/// The most retries of one entry: every retrier counts for itself.
pub(crate) fn retries(state: &State) -> u64 {
    state.kind.retry().iter().map(attempts).fold(0, u64::saturating_add)
}

fn attempts(retrier: &Retrier) -> u64 {
    retrier.max_attempts.unwrap_or(DEFAULT_ATTEMPTS)
}

/// All pauses of a retrier together, none of them shortened by jitter.
fn pauses(retrier: &Retrier) -> u64 {
    let mut interval = retrier.interval_seconds.unwrap_or(1);
    let rate = retrier.backoff_rate.unwrap_or(2.0);
    let longest = retrier.max_delay_seconds.unwrap_or(u64::MAX);
    let mut sum = 0_u64;
    for _ in 0..attempts(retrier) {
        sum = sum.saturating_add(interval.min(longest));
        interval = scaled(interval, rate);
    }
    sum
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "seconds of an upper bound; `as` saturates"
)]
fn scaled(seconds: u64, rate: f64) -> u64 {
    (seconds as f64 * rate).ceil() as u64
}

/// Of a timeout that the data decide, nothing is known: the report names it.
fn timeout(task: &Task) -> u64 {
    match &task.timeout_seconds {
        Some(asl::Number::Literal(seconds)) => seconds.as_u64().unwrap_or(NO_TIMEOUT),
        Some(_) => 0,
        _ => NO_TIMEOUT,
    }
}

/// Of a wait whose length the data decides, nothing is known: the report names it.
fn seconds(until: &WaitFor) -> u64 {
    match until {
        WaitFor::Seconds(asl::Number::Literal(seconds)) => seconds.as_u64().unwrap_or(0),
        _ => 0,
    }
}

/// The longest way through the graph, each loop taken as often as its bound allows.
struct Way<'a> {
    workflow: &'a str,
    graph: &'a Graph<'a>,
    bounds: &'a Bounds,
}

impl Way<'_> {
    /// The largest sum of `weight` over the states of any path. States that lie on a loop together count as often as
    /// the loop's bound, all of them: an upper bound, not a path.
    fn sum(&self, weight: impl Fn(usize) -> u64) -> Result<u64, Invalid> {
        let groups = components(self.graph);
        let mut sums = Vec::<u64>::with_capacity(groups.len());
        let group_of = |state| groups.iter().position(|g: &Vec<usize>| g.contains(&state));
        for group in &groups {
            let rounds = self.rounds(group)?;
            let own = group
                .iter()
                .map(|s| weight(*s))
                .fold(0, u64::saturating_add)
                .saturating_mul(rounds);
            // Groups come in reverse topological order, so what follows this one is known.
            let next = group
                .iter()
                .flat_map(|s| self.graph.leaving(*s))
                .filter_map(|e| group_of(e.to));
            let after = next.filter_map(|g| sums.get(g).copied()).max().unwrap_or(0);
            sums.push(own.saturating_add(after));
        }
        Ok(group_of(self.graph.start)
            .and_then(|g| sums.get(g).copied())
            .unwrap_or(0))
    }

    fn rounds(&self, group: &[usize]) -> Result<u64, Invalid> {
        let looping = group.len() > 1 || self.graph.leaving(group[0]).any(|edge| edge.to == group[0]);
        if !looping {
            return Ok(1);
        }
        let head = group.iter().min().map_or("", |first| self.graph.names[*first]);
        let bounds = group
            .iter()
            .filter_map(|s| self.bounds.get(self.graph.names[*s]))
            .copied();
        bounds
            .max()
            .map(u64::from)
            .ok_or_else(|| Invalid::new(self.workflow, head, "a loop without a bound"))
    }
}

/// The strongly connected components in reverse topological order (Tarjan 1972).
fn components(graph: &Graph) -> Vec<Vec<usize>> {
    let mut search = Search {
        graph,
        index: vec![None; graph.states.len()],
        low: Vec::new(),
        stack: vec![],
        found: vec![],
    };
    search.low = vec![0; graph.states.len()];
    search.visit(graph.start, &mut 0);
    search.found
}

struct Search<'a> {
    graph: &'a Graph<'a>,
    index: Vec<Option<usize>>,
    low: Vec<usize>,
    stack: Vec<usize>,
    found: Vec<Vec<usize>>,
}

impl Search<'_> {
    fn visit(&mut self, state: usize, next: &mut usize) {
        let own = *next;
        *next += 1;
        (self.index[state], self.low[state]) = (Some(own), own);
        self.stack.push(state);
        let targets: Vec<_> = self.graph.leaving(state).map(|edge| edge.to).collect();
        for to in targets {
            if self.index[to].is_none() {
                self.visit(to, next);
                self.low[state] = self.low[state].min(self.low[to]);
            } else if self.stack.contains(&to) {
                self.low[state] = self.low[state].min(self.index[to].unwrap_or(own));
            }
        }
        if self.low[state] == own
            && let Some(at) = self.stack.iter().position(|s| *s == state)
        {
            self.found.push(self.stack.split_off(at));
        }
    }
}
