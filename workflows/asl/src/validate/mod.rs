//! The rules of the language that a well-formed definition can still break.
//!
//! One file per rule. Each takes the model and reports with pointers; places come from the
//! [`SourceMap`](crate::SourceMap) afterwards, so a machine that was built rather than read is checked by the same rules.

mod choice;
mod containers;
mod error_handling;
mod graph;
mod jsonata;
mod language;
mod literal;
mod names;
mod numbers;
mod paths;
mod payload;
mod range;
mod resource;
mod template;
mod timestamp;
mod variables;

use std::collections::HashSet;

use crate::{ExecutionType, Finding, Findings, Pointer, StateMachine, check, print};

/// What a definition is checked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The type of the state machine: Express workflows cannot wait for jobs, tokens or activities.
    pub machine_type: ExecutionType,
    /// Whether `${Name}` may stand where a template engine will put an ARN or a number. The default: generated and sample
    /// definitions hold them.
    pub placeholders: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            machine_type: ExecutionType::Standard,
            placeholders: true,
        }
    }
}

/// Applies every rule to a machine, those about its shape included: what is checked is the text it would be printed as,
/// for that is what AWS will read. The findings have pointers but no places.
pub fn validate(machine: &StateMachine, options: &Options) -> Findings {
    let answer = check(&print(machine), options);
    answer
        .map_or_else(|findings| findings, |parsed| parsed.warnings)
        .forget_places()
}

/// A machine of which some states may not have been read.
pub(crate) struct Partial<'a> {
    pub(crate) machine: &'a StateMachine,
    /// The states that stand in the text but not in the model.
    pub(crate) lost: &'a HashSet<Pointer>,
}

impl Partial<'_> {
    pub(crate) fn findings(&self, options: Options) -> Vec<Finding> {
        let mut out = Vec::new();
        language::check(self, &mut out);
        names::check(self, &mut out);
        numbers::check(self, options, &mut out);
        paths::check(self, &mut out);
        template::check(self, &mut out);
        jsonata::check(self, &mut out);
        variables::check(self, &mut out);
        timestamp::check(self, options, &mut out);
        resource::check(self, options, &mut out);
        choice::check(self, &mut out);
        containers::check(self, options, &mut out);
        error_handling::check(self, &mut out);
        literal::check(self, &mut out);
        graph::check(self, &mut out);
        out
    }
}

/// Whether the whole text is left to a template engine: `${Name}`.
fn is_placeholder(text: &str) -> bool {
    text.starts_with("${") && text.find('}') == Some(text.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Pass, QueryLanguage, State, StateKind, States, Transition};

    #[test]
    fn a_machine_that_was_built_is_held_to_the_shape_of_the_language() {
        let pass = Pass {
            result: Some(1.into()),
            ..Pass::default()
        };
        let state = State {
            transition: Some(Transition::End),
            ..State::new(StateKind::Pass(pass))
        };
        let states = States {
            start_at: "A".to_owned(),
            states: [("A".to_owned(), state)].into_iter().collect(),
        };
        let query_language = Some(QueryLanguage::JSONata);
        let machine = StateMachine {
            comment: None,
            version: None,
            query_language,
            timeout_seconds: None,
            states,
        };
        let findings = validate(&machine, &Options::default());
        assert_eq!(
            findings.iter().map(|finding| finding.kind).collect::<Vec<_>>(),
            [Kind::OtherLanguage]
        );
        assert_eq!(findings[0].pointer.to_string(), "/States/A/Result");
        assert_eq!(findings[0].place, None);
    }
}
