//! `Version`, and which query languages go together.

use super::Partial;
use crate::{Finding, Kind, Pointer, QueryLanguage};

pub(super) fn check(partial: &Partial<'_>, out: &mut Vec<Finding>) {
    let machine = partial.machine;
    if machine.version.as_ref().is_some_and(|version| version != "1.0") {
        let message = "The field 'Version' should have one of these values: [1.0]";
        out.push(Finding::new(Kind::WrongValue, &Pointer::root().key("Version"), message));
    }
    if machine.query_language != Some(QueryLanguage::JSONata) {
        return;
    }
    for visit in machine.walk() {
        if visit.state.query_language == Some(QueryLanguage::JSONPath) {
            let message = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine";
            let pointer = visit.pointer.key("QueryLanguage");
            let help = "leave the machine in JSONPath and set `QueryLanguage` in the states that use JSONata";
            out.push(Finding::of_field(Kind::LanguageDowngrade, &pointer, message).help(help));
        }
    }
}
