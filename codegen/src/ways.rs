//! The ways through a workflow that people ask for: the cheapest and the usual.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use picture::{Graph, Reason};

pub(crate) fn path(graph: &Graph, states: &[usize]) -> Value {
    let names: Vec<_> = states.iter().map(|state| graph.names[*state]).collect();
    json!({ "count": names.len(), "states": names })
}

/// The path on which every choice takes its default, which is what the author wrote as the main line. Where that leads
/// back, a loop is left at the last choice before: a poll that asks until something is done is asked once. A loop that is
/// left from its head alone is gone round once. Errors are met only where nothing ends well without them.
pub(crate) fn usual(graph: &Graph) -> Option<Vec<usize>> {
    let walk = |errors| Walk::new(graph, errors).until_it_ends_well();
    walk(false).or_else(|| walk(true))
}

/// A search in depth that goes the likely ways first.
struct Walk<'a> {
    graph: &'a Graph<'a>,
    /// Whether it goes on where an error leads.
    errors: bool,
    path: Vec<usize>,
    seen: BTreeSet<usize>,
}

impl<'a> Walk<'a> {
    fn new(graph: &'a Graph<'a>, errors: bool) -> Self {
        Self {
            graph,
            errors,
            path: vec![graph.start],
            seen: BTreeSet::from([graph.start]),
        }
    }

    fn until_it_ends_well(mut self) -> Option<Vec<usize>> {
        loop {
            let last = *self.path.last()?;
            if self.graph.ends_well(last) {
                return Some(self.path);
            }
            let main = self.ways(last).next();
            let next = match main {
                Some(to) if !self.seen.contains(&to) => to,
                _ => self.turn(main)?,
            };
            self.seen.insert(next);
            self.path.push(next);
        }
    }

    /// Where a state leads, the likely ways first.
    fn ways(&self, from: usize) -> impl Iterator<Item = usize> {
        let rank = |reason: &Reason| match reason {
            Reason::Next | Reason::Default => 0,
            Reason::Rule(_) => 1,
            Reason::Caught(_) => 2,
        };
        let mut ways: Vec<_> = self
            .graph
            .leaving(from)
            .map(|edge| (rank(&edge.reason), edge.to))
            .collect();
        ways.retain(|(rank, _)| self.errors || *rank < 2);
        ways.sort_by_key(|(rank, _)| *rank);
        ways.into_iter().map(|(_, to)| to)
    }

    /// The way that nobody has gone yet from the last state of the path that has one. If that is the head to which the path
    /// leads back, the round before was a whole one and stays.
    fn turn(&mut self, back: Option<usize>) -> Option<usize> {
        let fresh = |state: usize| self.ways(state).find(|to| !self.seen.contains(to));
        let (at, next) = (0..self.path.len())
            .rev()
            .find_map(|at| Some((at, fresh(self.path[at])?)))?;
        let state = self.path[at];
        if back == Some(state) && at + 1 < self.path.len() {
            self.path.push(state);
        } else {
            self.path.truncate(at + 1);
        }
        Some(next)
    }
}

/// The shortest path to a good end, with errors only where there is none without.
pub(crate) fn cheapest(graph: &Graph) -> Option<Vec<usize>> {
    shortest(graph, false).or_else(|| shortest(graph, true))
}

/// By breadth first.
fn shortest(graph: &Graph, errors: bool) -> Option<Vec<usize>> {
    let mut paths = vec![vec![graph.start]];
    let mut seen = BTreeSet::from([graph.start]);
    while !paths.is_empty() {
        let good = |path: &&Vec<usize>| path.last().is_some_and(|last| graph.ends_well(*last));
        if let Some(path) = paths.iter().find(good) {
            return Some(path.clone());
        }
        let mut longer = Vec::new();
        for path in &paths {
            let leaving = graph.leaving(*path.last()?);
            for edge in leaving.filter(|edge| errors || !matches!(edge.reason, Reason::Caught(_))) {
                if seen.insert(edge.to) {
                    longer.push(path.iter().copied().chain([edge.to]).collect());
                }
            }
        }
        paths = longer;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHOICE: &str = r#""Type": "Choice", "Choices": [{"Condition": "{% $done %}", "Next": "End"}], "Default""#;
    const PASS: &str = r#""Type": "Pass", "Next""#;
    const TASK: &str = r#""Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "End"}], "Next""#;

    /// The usual and the cheapest path of states that each lead on somewhere, and to `End` by their rule or their catcher.
    fn ways(states: &[(&str, &str, &str)]) -> [Option<String>; 2] {
        let states = states
            .iter()
            .map(|(name, kind, next)| format!(r#""{name}": {{{kind}: "{next}"}}, "#));
        let text = format!(
            r#"{{"QueryLanguage": "JSONata", "StartAt": "A", "States": {{{}"End": {{"Type": "Succeed"}}}}}}"#,
            states.collect::<String>()
        );
        let machine = asl::parse(&text).unwrap().machine;
        let graph = Graph::of(&machine.states).unwrap();
        let names = |path: Vec<usize>| {
            path.into_iter()
                .map(|state| graph.names[state])
                .collect::<Vec<_>>()
                .join(" ")
        };
        [usual(&graph).map(names), cheapest(&graph).map(names)]
    }

    fn both(usual: &str, cheapest: &str) -> [Option<String>; 2] {
        [Some(usual.to_owned()), Some(cheapest.to_owned())]
    }

    #[test]
    fn a_loop_whose_default_is_to_go_on_is_left_at_its_last_choice() {
        let asks_first = [("A", CHOICE, "B"), ("B", CHOICE, "C"), ("C", PASS, "A")];
        assert_eq!(ways(&asks_first), both("A B End", "A End"));
        let asks_last = [("A", CHOICE, "B"), ("B", PASS, "C"), ("C", CHOICE, "A")];
        assert_eq!(ways(&asks_last), both("A B C End", "A End"));
    }

    #[test]
    fn a_loop_that_is_left_from_its_head_is_gone_round_once() {
        let always = [("A", CHOICE, "B"), ("B", PASS, "A")];
        assert_eq!(ways(&always), both("A B A End", "A End"));
        let itself = [("A", PASS, "B"), ("B", CHOICE, "B")];
        assert_eq!(ways(&itself), both("A B End", "A B End"));
    }

    #[test]
    fn errors_are_met_where_nothing_ends_well_without_them() {
        assert_eq!(
            ways(&[("A", TASK, "B"), ("B", PASS, "End")]),
            both("A B End", "A B End")
        );
        // It asks until what it asks for is gone.
        assert_eq!(ways(&[("A", TASK, "B"), ("B", PASS, "A")]), both("A B A End", "A End"));
        assert_eq!(ways(&[("A", PASS, "B"), ("B", PASS, "A")]), [None, None]);
    }
}
