//! The top level, and sets of states.

use serde_json::{Map, Value};

use super::fields::Fields;
use super::state;
use crate::{QueryLanguage, StateMachine, States};

pub(super) fn machine(machine: &StateMachine) -> Value {
    let mut fields = Fields::default();
    fields.some("Comment", machine.comment.as_ref());
    fields.some("Version", machine.version.as_ref());
    query_language(&mut fields, machine.query_language);
    fields.some("TimeoutSeconds", machine.timeout_seconds.as_ref());
    fields.extend(states(&machine.states, machine.query_language.unwrap_or_default()));
    fields.finish()
}

pub(super) fn query_language(fields: &mut Fields, language: Option<QueryLanguage>) {
    match language {
        Some(QueryLanguage::JSONPath) => fields.put("QueryLanguage", "JSONPath"),
        Some(QueryLanguage::JSONata) => fields.put("QueryLanguage", "JSONata"),
        None => {}
    }
}

/// `StartAt` and `States` of a machine in this language.
pub(super) fn states(states: &States, machine: QueryLanguage) -> Fields {
    let mut fields = Fields::default();
    fields.put("StartAt", states.start_at.clone());
    let members = states
        .states
        .iter()
        .map(|(name, state)| (name.clone(), state::state(state, machine)));
    fields.put("States", members.collect::<Map<_, _>>());
    fields
}
