//! The edges between the states of one level.

use asl::{Condition, State, StateKind, States, Transition};

/// Why one state follows another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// `Next`.
    Next,
    /// The `Default` of a choice.
    Default,
    /// A rule of a choice: its comment, or its condition.
    Rule(String),
    /// A catcher: its error names.
    Caught(Vec<String>),
}

/// One edge, by the positions of its states in the definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) reason: Reason,
}

/// The states of one level as a graph.
pub(crate) struct Graph<'a> {
    pub(crate) names: Vec<&'a str>,
    pub(crate) states: Vec<&'a State>,
    pub(crate) start: usize,
    pub(crate) edges: Vec<Edge>,
}

impl<'a> Graph<'a> {
    /// The graph of a level; `Err` names a target that does not exist.
    pub(crate) fn of(level: &'a States) -> Result<Self, String> {
        let position = |name: &str| level.states.get_index_of(name).ok_or_else(|| name.to_owned());
        let mut edges = Vec::new();
        for (from, state) in level.states.values().enumerate() {
            for (to, reason) in successors(state) {
                edges.push(Edge { from, to: position(&to)?, reason });
            }
        }
        Ok(Self {
            names: level.states.keys().map(String::as_str).collect(),
            states: level.states.values().collect(),
            start: position(&level.start_at)?,
            edges,
        })
    }

    /// The edges that leave a state.
    pub(crate) fn leaving(&self, from: usize) -> impl Iterator<Item = &Edge> {
        self.edges.iter().filter(move |edge| edge.from == from)
    }

    /// Whether the execution, branch or iteration ends well here.
    pub(crate) fn ends_well(&self, state: usize) -> bool {
        let state = self.states[state];
        matches!(state.transition, Some(Transition::End)) || matches!(state.kind, StateKind::Succeed)
    }
}

fn successors(state: &State) -> Vec<(String, Reason)> {
    let mut targets = Vec::new();
    if let Some(Transition::Next(next)) = &state.transition {
        targets.push((next.clone(), Reason::Next));
    }
    let catchers = match &state.kind {
        StateKind::Choice(choice) => {
            let rules = choice.choices.iter();
            targets.extend(rules.map(|rule| (rule.next.clone(), Reason::Rule(label(rule)))));
            targets.extend(choice.default.iter().map(|name| (name.clone(), Reason::Default)));
            &[][..]
        }
        StateKind::Task(task) => &task.catch,
        StateKind::Parallel(parallel) => &parallel.catch,
        StateKind::Map(map) => &map.catch,
        _ => &[],
    };
    targets.extend(catchers.iter().map(|c| (c.next.clone(), Reason::Caught(c.error_equals.clone()))));
    targets
}

/// What a reader is told about a rule: its comment, else its condition.
fn label(rule: &asl::ChoiceRule) -> String {
    match (&rule.comment, &rule.condition) {
        (Some(comment), _) => comment.clone(),
        (None, Condition::Jsonata(condition)) => {
            let text = condition.as_str().map_or_else(|| condition.to_string(), str::to_owned);
            text.trim_start_matches("{%").trim_end_matches("%}").trim().to_owned()
        }
        (None, Condition::Compare(test)) => format!("{} {} {}", test.variable, test.operator, test.value),
        (None, Condition::And(_)) => "all of".to_owned(),
        (None, Condition::Or(_)) => "one of".to_owned(),
        (None, Condition::Not(_)) => "not".to_owned(),
    }
}
