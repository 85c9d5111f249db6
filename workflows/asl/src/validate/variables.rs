//! The names of variables.
//!
//! Source: AWS developer guide, "Passing data between states with variables".

use serde_json::Value;

use super::{Partial, payload};
use crate::pointer::Step;
use crate::{Finding, Kind, QueryLanguage, path};

/// The longest name, in characters.
const LONGEST: usize = 80;

pub(super) fn check(partial: &Partial<'_>, out: &mut Vec<Finding>) {
    for visit in partial.machine.walk() {
        for (pointer, value) in payload::of(&visit) {
            let assigns = pointer.steps().last() == Some(&Step::Key("Assign".to_owned()));
            let Value::Object(members) = value else { continue };
            for key in members.keys().filter(|_| assigns) {
                let name = match visit.language {
                    QueryLanguage::JSONPath => key.strip_suffix(".$").unwrap_or(key),
                    QueryLanguage::JSONata => key,
                };
                if let Some(message) = fault(name) {
                    out.push(Finding::of_field(Kind::VariableName, &pointer.key(key), message));
                }
            }
        }
    }
}

fn fault(name: &str) -> Option<String> {
    if name == "states" {
        return Some("The variable name 'states' is reserved".to_owned());
    }
    if name.chars().count() > LONGEST {
        return Some(format!(
            "The variable name '{name}' is longer than {LONGEST} characters"
        ));
    }
    (!path::is_identifier(name)).then(|| {
        format!("The variable name '{name}' must start with a letter and go on with letters, digits and underscores")
    })
}
