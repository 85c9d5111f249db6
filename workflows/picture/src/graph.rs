//! The edges between the states of one level.

use asl::{Condition, EdgeKind, State, StateKind, States, Transition};

/// Why one state follows another, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
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
pub struct Edge {
    /// Where it begins.
    pub from: usize,
    /// Where it leads.
    pub to: usize,
    /// Why it is taken.
    pub reason: Reason,
}

/// The states of one level as a graph.
pub struct Graph<'a> {
    /// The names of the states, in the order of the definition.
    pub names: Vec<&'a str>,
    /// The states, in the same order.
    pub states: Vec<&'a State>,
    /// The position of the first state.
    pub start: usize,
    /// The transitions.
    pub edges: Vec<Edge>,
}

impl<'a> Graph<'a> {
    /// The graph of a level; `Err` names a target that does not exist.
    pub fn of(level: &'a States) -> Result<Self, String> {
        let position = |name: &str| level.states.get_index_of(name).ok_or_else(|| name.to_owned());
        let mut edges = Vec::new();
        for (from, state) in level.states.values().enumerate() {
            for edge in state.edges() {
                edges.push(Edge {
                    from,
                    to: position(edge.to)?,
                    reason: reason(state, edge.kind),
                });
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
    pub fn leaving(&self, from: usize) -> impl Iterator<Item = &Edge> {
        self.edges.iter().filter(move |edge| edge.from == from)
    }

    /// Whether the execution, branch or iteration ends well here.
    pub fn ends_well(&self, state: usize) -> bool {
        let state = self.states[state];
        state.transition == Some(Transition::End) || matches!(state.kind, StateKind::Succeed)
    }
}

fn reason(state: &State, kind: EdgeKind) -> Reason {
    match (kind, &state.kind) {
        (EdgeKind::Default, _) => Reason::Default,
        (EdgeKind::Choice(rule), StateKind::Choice(choice)) => Reason::Rule(label(&choice.choices[rule])),
        (EdgeKind::Catch(catcher), kind) => Reason::Caught(kind.catch()[catcher].error_equals.clone()),
        _ => Reason::Next,
    }
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
