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
    /// Every set of states: the top first, then the branches and processors of its states in their order, then theirs.
    pub fn scopes(&self) -> Vec<Scope<'_>> {
        let mut found = vec![Scope {
            states: &self.states,
            pointer: Pointer::root(),
            owner: None,
        }];
        let mut next = 0;
        while let Some(scope) = found.get(next).cloned() {
            found.extend(scopes_inside(&scope));
            next += 1;
        }
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

fn scopes_inside<'a>(scope: &Scope<'a>) -> Vec<Scope<'a>> {
    let states = scope.states.states.iter();
    let scopes = states.flat_map(|(name, state)| {
        let inside = inner(state, &scope.pointer_of(name)).into_iter();
        inside.map(move |(states, pointer)| Scope {
            states,
            pointer,
            owner: Some(name),
        })
    });
    scopes.collect()
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
            vec![(&map.item_processor.states, pointer.key(map.item_processor.name()))]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::{QueryLanguage, parse};

    const NESTED: &str = r#"{
        "QueryLanguage": "JSONata",
        "StartAt": "Both",
        "States": {
            "Both": {
                "Type": "Parallel",
                "Branches": [
                    {"StartAt": "Each", "States": {"Each": {
                        "Type": "Map",
                        "Iterator": {"StartAt": "Inner", "States": {"Inner": {"Type": "Succeed"}}},
                        "End": true
                    }}},
                    {"StartAt": "Other", "States": {"Other": {"Type": "Succeed"}}}
                ],
                "Next": "Last"
            },
            "Last": {"Type": "Succeed"}
        }
    }"#;

    #[test]
    fn states_of_all_levels_are_met_with_their_places() {
        let machine = parse(NESTED).expect("a readable definition").machine;
        let met: Vec<_> = machine
            .walk()
            .iter()
            .map(|visit| (visit.pointer.to_string(), visit.owner))
            .collect();
        let expected = [
            ("/States/Both", None),
            ("/States/Last", None),
            ("/States/Both/Branches/0/States/Each", Some("Both")),
            ("/States/Both/Branches/1/States/Other", Some("Both")),
            (
                "/States/Both/Branches/0/States/Each/Iterator/States/Inner",
                Some("Each"),
            ),
        ];
        assert_eq!(met, expected.map(|(pointer, owner)| (pointer.to_owned(), owner)));
    }

    #[test]
    fn states_follow_the_language_of_the_machine() {
        let machine = parse(NESTED).expect("a readable definition").machine;
        assert!(
            machine
                .walk()
                .iter()
                .all(|visit| visit.language == QueryLanguage::JSONata)
        );
    }
}
