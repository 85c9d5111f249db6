//! All states of a machine, whatever they stand in.

use crate::{Pointer, QueryLanguage, State, StateKind, StateMachine, States};

/// A set of states met on the walk.
#[derive(Clone, Debug)]
pub struct Scope<'a> {
    /// The states.
    pub states: &'a States,
    /// The object that holds `StartAt` and `States`.
    pub pointer: Pointer,
    /// The name of the `Parallel` or `Map` it belongs to; `None` at the top.
    pub owner: Option<&'a str>,
}

/// A state met on the walk.
#[derive(Clone, Debug)]
pub struct Visit<'a> {
    /// Its name.
    pub name: &'a str,
    /// The state.
    pub state: &'a State,
    /// Where it stands.
    pub pointer: Pointer,
    /// The query language it is written in.
    pub language: QueryLanguage,
    /// The name of the `Parallel` or `Map` it stands in; `None` at the top.
    pub owner: Option<&'a str>,
}

impl StateMachine {
    /// Every set of states: the top first, then branches and processors in the order in which they are written.
    pub fn scopes(&self) -> Vec<Scope<'_>> {
        let mut found = Vec::new();
        collect(
            Scope {
                states: &self.states,
                pointer: Pointer::root(),
                owner: None,
            },
            &mut found,
        );
        found
    }

    /// Every state of every scope, in the order of [`StateMachine::scopes`].
    ///
    /// ```
    /// let machine = asl::parse(r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"#)?.machine;
    /// let names: Vec<_> = machine.walk().iter().map(|visit| format!("{} at {}", visit.name, visit.pointer)).collect();
    /// assert_eq!(names, ["A at /States/A"]);
    /// # Ok::<(), asl::Findings>(())
    /// ```
    pub fn walk(&self) -> Vec<Visit<'_>> {
        self.scopes()
            .into_iter()
            .flat_map(|scope| visits(self, &scope))
            .collect()
    }

    /// The query language of a state of this machine. A `Map` or `Parallel` does not hand its own on to the states inside.
    pub fn language_of(&self, state: &State) -> QueryLanguage {
        state.query_language.or(self.query_language).unwrap_or_default()
    }
}

impl Scope<'_> {
    /// Where the state of this name stands.
    pub fn pointer_of(&self, name: &str) -> Pointer {
        self.pointer.key("States").key(name)
    }
}

fn visits<'a>(machine: &StateMachine, scope: &Scope<'a>) -> Vec<Visit<'a>> {
    let visit = |(name, state): (&'a String, &'a State)| Visit {
        name,
        state,
        pointer: scope.pointer_of(name),
        language: machine.language_of(state),
        owner: scope.owner,
    };
    scope.states.states.iter().map(visit).collect()
}

fn collect<'a>(scope: Scope<'a>, found: &mut Vec<Scope<'a>>) {
    found.push(scope.clone());
    for (name, state) in &scope.states.states {
        for (states, pointer) in inner(state, &scope.pointer_of(name)) {
            collect(
                Scope {
                    states,
                    pointer,
                    owner: Some(name),
                },
                found,
            );
        }
    }
}

/// The branches or the processor of a state.
fn inner<'a>(state: &'a State, pointer: &Pointer) -> Vec<(&'a States, Pointer)> {
    match &state.kind {
        StateKind::Parallel(parallel) => {
            let branches = parallel.branches.iter().enumerate();
            branches
                .map(|(index, states)| (states, pointer.key("Branches").index(index)))
                .collect()
        }
        StateKind::Map(map) => {
            let name = if map.item_processor.legacy {
                "Iterator"
            } else {
                "ItemProcessor"
            };
            vec![(&map.item_processor.states, pointer.key(name))]
        }
        _ => Vec::new(),
    }
}
