//! The transitions out of a state.

use crate::{Catcher, Pointer, Retrier, State, StateKind, Transition};

/// A transition from one state to another of the same scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge<'a> {
    /// Why it is taken.
    pub kind: EdgeKind,
    /// The name of the state it leads to.
    pub to: &'a str,
}

/// Why a transition is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeKind {
    /// `Next`.
    Next,
    /// The rule of this index in `Choices` holds.
    Choice(usize),
    /// `Default`: no rule holds.
    Default,
    /// The element of this index in `Catch` answers to the error.
    Catch(usize),
}

impl EdgeKind {
    /// Where the name of the target stands, given where the state does.
    pub fn pointer(self, state: &Pointer) -> Pointer {
        match self {
            Self::Next => state.key("Next"),
            Self::Choice(index) => state.key("Choices").index(index).key("Next"),
            Self::Default => state.key("Default"),
            Self::Catch(index) => state.key("Catch").index(index).key("Next"),
        }
    }
}

impl State {
    /// All transitions out of the state, in the order in which they would be tried. Empty when it ends.
    pub fn edges(&self) -> Vec<Edge<'_>> {
        let mut edges = Vec::new();
        if let Some(Transition::Next(next)) = &self.transition {
            edges.push(Edge {
                kind: EdgeKind::Next,
                to: next,
            });
        }
        if let StateKind::Choice(choice) = &self.kind {
            let rules = choice.choices.iter().enumerate();
            edges.extend(rules.map(|(index, rule)| Edge {
                kind: EdgeKind::Choice(index),
                to: &rule.next,
            }));
            edges.extend(choice.default.iter().map(|to| Edge {
                kind: EdgeKind::Default,
                to,
            }));
        }
        let catchers = self.kind.catch().iter().enumerate();
        edges.extend(catchers.map(|(index, catcher)| Edge {
            kind: EdgeKind::Catch(index),
            to: &catcher.next,
        }));
        edges
    }

    /// Whether an execution, branch or iteration can end here without an error of the state itself.
    pub fn is_terminal(&self) -> bool {
        matches!(self.kind, StateKind::Succeed | StateKind::Fail(_)) || self.transition == Some(Transition::End)
    }
}

impl StateKind {
    /// `Retry`; empty for the kinds that have none.
    pub fn retry(&self) -> &[Retrier] {
        match self {
            Self::Task(task) => &task.retry,
            Self::Parallel(parallel) => &parallel.retry,
            Self::Map(map) => &map.retry,
            _ => &[],
        }
    }

    /// `Catch`; empty for the kinds that have none.
    pub fn catch(&self) -> &[Catcher] {
        match self {
            Self::Task(task) => &task.catch,
            Self::Parallel(parallel) => &parallel.catch,
            Self::Map(map) => &map.catch,
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::parse;

    #[test]
    fn all_transitions_are_found_where_they_are_written() {
        let text = r#"{
            "StartAt": "Work",
            "States": {
                "Work": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::sns:publish",
                    "Catch": [{"ErrorEquals": ["A"], "Next": "Done"}, {"ErrorEquals": ["B"], "Next": "Work"}],
                    "Next": "Decide"
                },
                "Decide": {
                    "Type": "Choice",
                    "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "Work"}],
                    "Default": "Done"
                },
                "Done": {"Type": "Succeed"}
            }
        }"#;
        let machine = parse(text).expect("a readable definition").machine;
        let json = machine.to_json();
        let mut found = Vec::new();
        for visit in machine.walk() {
            for edge in visit.state.edges() {
                let pointer = edge.kind.pointer(&visit.pointer).to_string();
                assert_eq!(
                    json.pointer(&pointer).and_then(|name| name.as_str()),
                    Some(edge.to),
                    "{pointer}"
                );
                found.push(format!("{} {:?} {}", visit.name, edge.kind, edge.to));
            }
        }
        let expected = [
            "Work Next Decide",
            "Work Catch(0) Done",
            "Work Catch(1) Work",
            "Decide Choice(0) Work",
            "Decide Default Done",
        ];
        assert_eq!(found, expected);
        assert!(machine.states.states["Done"].is_terminal());
    }
}
