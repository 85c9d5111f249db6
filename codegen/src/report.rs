//! What an execution of a workflow costs: state transitions, history events, money.

use std::collections::BTreeMap;

use asl::{StateKind, States};
use serde_json::{Value, json};

use crate::{
    Invalid,
    graph::{Graph, Reason},
};

/// US dollars for one state transition of a Standard workflow, in us-east-1.
const DOLLARS_PER_TRANSITION: f64 = 0.000_025;
/// Where the price stands, and when it was read.
const PRICE_SOURCE: &str = "https://aws.amazon.com/step-functions/pricing/ (us-east-1, November 2026)";
/// The longest history of a Standard execution, in events.
const EVENT_LIMIT: u64 = 25_000;
/// `MaxAttempts` of a retrier that does not say.
const DEFAULT_ATTEMPTS: u64 = 3;

/// How often the head of each loop is entered at most, by the head's name.
pub(crate) type Bounds = BTreeMap<String, u32>;

/// The figures of one workflow: the content of `report.json`.
pub(crate) fn report(workflow: &str, level: &States, bounds: &Bounds) -> Result<Value, Invalid> {
    let graph = Graph::of(level).map_err(|name| Invalid::new(workflow, name, "the state does not exist"))?;
    let transitions = |state| 1 + retries(&graph, state);
    let worst = Worst {
        workflow,
        graph: &graph,
        bounds,
    };
    let usual = usual(&graph).ok_or_else(|| Invalid::new(workflow, "the usual path", "it does not end"))?;
    let cheapest = cheapest(&graph).ok_or_else(|| Invalid::new(workflow, "definition", "no path ends well"))?;
    let most = worst.sum(transitions)?;
    // Two more for the first event of the history and the last.
    let events = worst.sum(|state| events(&graph, state))? + 2;
    if events > EVENT_LIMIT {
        let detail = format!("its history may reach {events} events; Step Functions ends executions at {EVENT_LIMIT}");
        return Err(Invalid::new(workflow, "definition", detail));
    }
    Ok(json!({
        "workflow": workflow,
        "transitions": {
            "cheapest": path(&graph, &cheapest),
            "usual": path(&graph, &usual),
            "worst": { "count": most, "note": "an upper bound: every retry and every round of every loop" },
        },
        "events": { "worst": events, "limit": EVENT_LIMIT },
        "usd_per_million_executions": {
            "cheapest": dollars(cheapest.len()),
            "usual": dollars(usual.len()),
            "source": PRICE_SOURCE,
        },
    }))
}

fn path(graph: &Graph, states: &[usize]) -> Value {
    let names: Vec<_> = states.iter().map(|state| graph.names[*state]).collect();
    json!({ "count": names.len(), "states": names })
}

fn dollars(transitions: usize) -> f64 {
    let exact = u32::try_from(transitions).map_or(f64::MAX, f64::from) * DOLLARS_PER_TRANSITION * 1e6;
    (exact * 100.0).round() / 100.0
}

/// The path without errors on which every choice takes its default: what the author wrote as the main line.
fn usual(graph: &Graph) -> Option<Vec<usize>> {
    let mut path = vec![graph.start];
    while path.len() <= graph.states.len() {
        let last = *path.last()?;
        if graph.ends_well(last) {
            return Some(path);
        }
        let mut leaving = graph
            .leaving(last)
            .filter(|e| matches!(e.reason, Reason::Next | Reason::Default));
        path.push(leaving.next()?.to);
    }
    None
}

/// The shortest path without errors to a good end, by breadth first.
fn cheapest(graph: &Graph) -> Option<Vec<usize>> {
    let mut paths = vec![vec![graph.start]];
    for _ in 0..graph.states.len() {
        if let Some(path) = paths
            .iter()
            .find(|path| path.last().is_some_and(|last| graph.ends_well(*last)))
        {
            return Some(path.clone());
        }
        let mut longer = Vec::new();
        let mut reached = Vec::new();
        for path in &paths {
            let last = *path.last()?;
            for edge in graph
                .leaving(last)
                .filter(|edge| !matches!(edge.reason, Reason::Caught(_)))
            {
                if !path.contains(&edge.to) && !reached.contains(&edge.to) {
                    reached.push(edge.to);
                    longer.push(path.iter().copied().chain([edge.to]).collect());
                }
            }
        }
        paths = longer;
    }
    None
}

/// The most retries of one entry: every retrier counts for itself.
fn retries(graph: &Graph, state: usize) -> u64 {
    graph.states[state]
        .kind
        .retry()
        .iter()
        .map(|r| r.max_attempts.unwrap_or(DEFAULT_ATTEMPTS))
        .fold(0, u64::saturating_add)
}

/// The most events of one entry: entered and exited, and for each attempt at a task scheduled, started and its end.
fn events(graph: &Graph, state: usize) -> u64 {
    let attempts = 1 + retries(graph, state);
    match &graph.states[state].kind {
        StateKind::Task(_) => attempts.saturating_mul(3).saturating_add(2),
        StateKind::Fail(_) => 1,
        _ => 2,
    }
}

/// The longest way through the graph, each loop taken as often as its bound allows.
struct Worst<'a> {
    workflow: &'a str,
    graph: &'a Graph<'a>,
    bounds: &'a Bounds,
}

impl Worst<'_> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn states(text: &str) -> States {
        asl::parse(text).unwrap().machine.states
    }

    const RETRIED: &str = r#"{"StartAt": "A", "States": {
        "A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {}, "Next": "B",
              "Retry": [{"ErrorEquals": ["X"], "MaxAttempts": 2}, {"ErrorEquals": ["States.ALL"]}],
              "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]},
        "B": {"Type": "Succeed"},
        "C": {"Type": "Fail"}}}"#;

    #[test]
    fn the_usual_path_meets_no_error_and_the_worst_every_retry() {
        let report = report("w", &states(RETRIED), &Bounds::new()).unwrap();
        assert_eq!(
            report["transitions"]["usual"],
            json!({"count": 2, "states": ["A", "B"]})
        );
        assert_eq!(report["transitions"]["worst"]["count"], 1 + 2 + 3 + 1);
        assert_eq!(report["events"]["worst"], (1 + 2 + 3) * 3 + 2 + 2 + 2);
        assert_eq!(report["usd_per_million_executions"]["usual"], 50.0);
    }

    const LOOP: &str = r#"{"StartAt": "A", "States": {
        "A": {"Type": "Choice", "Default": "End", "Choices": [{"Variable": "$.more", "BooleanEquals": true, "Next": "B"}]},
        "B": {"Type": "Wait", "Seconds": 1, "Next": "A"},
        "End": {"Type": "Succeed"}}}"#;

    #[test]
    fn a_loop_counts_as_often_as_its_bound() {
        let bounds = Bounds::from([("A".to_owned(), 10)]);
        let report = report("w", &states(LOOP), &bounds).unwrap();
        assert_eq!(report["transitions"]["worst"]["count"], 10 * 2 + 1);
        assert_eq!(report["transitions"]["usual"]["count"], 2);
    }

    #[test]
    fn a_loop_without_a_bound_and_a_history_beyond_the_limit_are_invalid() {
        let unbounded = report("w", &states(LOOP), &Bounds::new()).unwrap_err();
        assert_eq!(unbounded.to_string(), "w: A: a loop without a bound");
        let long = report("w", &states(LOOP), &Bounds::from([("A".to_owned(), 10_000)])).unwrap_err();
        assert!(long.detail.contains("25000"), "{long}");
    }
}
