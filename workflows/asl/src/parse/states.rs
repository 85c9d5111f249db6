//! The top level, and sets of states.

use indexmap::IndexMap;

use super::object::Object;
use super::{fields, state};
use crate::{QueryLanguage, StateMachine, States};

const LANGUAGES: &[(&str, QueryLanguage)] = &[
    ("JSONPath", QueryLanguage::JSONPath),
    ("JSONata", QueryLanguage::JSONata),
];

/// The top-level object.
pub(super) fn machine(mut object: Object<'_>) -> Option<StateMachine> {
    let query_language = query_language(&object);
    object.language = query_language.unwrap_or_default();
    object.allow(fields::MACHINE);
    let states = states(&object);
    Some(StateMachine {
        comment: object.text("Comment"),
        version: object.text("Version"),
        query_language,
        timeout_seconds: object.integer("TimeoutSeconds"),
        states: states?,
    })
}

/// `QueryLanguage`.
pub(super) fn query_language(object: &Object<'_>) -> Option<QueryLanguage> {
    object.one_of("QueryLanguage", LANGUAGES)
}

/// `StartAt` and `States`, wherever they stand. AWS names missing ones in this order.
pub(super) fn states(object: &Object<'_>) -> Option<States> {
    let complete = object.require(&["States", "StartAt"]);
    let members = object.object("States").map(|inner| {
        let pairs = inner.members.iter().filter_map(|member| {
            let pointer = inner.pointer.key(&member.key);
            let state =
                Object::new(&member.value, pointer.clone(), object.language, object.sink).and_then(state::state);
            if state.is_none() {
                object.sink.lose(&pointer);
            }
            Some((member.key.clone(), state?))
        });
        pairs.collect::<IndexMap<_, _>>()
    });
    let start_at = object.text("StartAt");
    if !complete {
        return None;
    }
    Some(States {
        start_at: start_at?,
        states: members?,
    })
}
