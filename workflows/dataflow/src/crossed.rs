//! Fields that were taken for each other.
//!
//! Shapes cannot tell two texts apart, but names can: in `{"title": "{% $in.topic %}", "topic": "{% $in.title %}"}` each
//! field gets what is called like the other.

use asl::Pointer;
use jsonata_core::{ast::AstNode, parser};
use serde_json::{Map, Value};

use crate::{Rule, finding::Sink, template::source};

/// Reports the fields of an object that get the value called like a field beside them, which gets another.
pub(crate) fn check(members: &Map<String, Value>, at: &Pointer, sink: &mut Sink) {
    if !sink.open {
        return;
    }
    let origins: Vec<(&String, Option<String>)> = members.iter().map(|(name, value)| (name, origin(value))).collect();
    let comes_from = |name: &str, from: &str| {
        let own = origins.iter().find(|(own, _)| own.as_str() == name);
        own.is_some_and(|(_, origin)| origin.as_ref().is_some_and(|origin| same(origin, from)))
    };
    for (name, origin) in &origins {
        let Some(origin) = origin.as_ref().filter(|origin| !same(origin, name)) else {
            continue;
        };
        let beside = origins.iter().find(|(other, _)| same(other, origin));
        if let Some((other, _)) = beside
            && !comes_from(other, other)
        {
            let message = format!("`{name}` gets the value of `{origin}`, and `{other}` beside it gets another");
            sink.report(
                Rule::CrossedFields,
                &at.key(name),
                message,
                Some("were the two taken for each other?".to_owned()),
            );
        }
    }
}

/// Names of fields and of the context object differ in their first letter: `name` and `Name`.
fn same(one: &str, two: &str) -> bool {
    one.eq_ignore_ascii_case(two)
}

/// The name of what an expression hands on: the last of its path.
fn origin(value: &Value) -> Option<String> {
    let node = parser::parse(source(value.as_str()?)?).ok()?;
    last(&node)
}

fn last(node: &AstNode) -> Option<String> {
    match node {
        AstNode::Variable(name) | AstNode::Name(name) => Some(name.clone()),
        AstNode::Path { steps } => steps.last().and_then(|step| last(&step.node)),
        AstNode::Conditional { then_branch, .. } => last(then_branch),
        AstNode::Block(nodes) | AstNode::Array(nodes) => match nodes.as_slice() {
            [one] => last(one),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn crossed(value: &Value) -> Vec<String> {
        let mut sink = Sink {
            open: true,
            ..Sink::default()
        };
        check(value.as_object().expect("an object"), &Pointer::root(), &mut sink);
        sink.findings
            .iter()
            .map(|finding| finding.pointer.to_string())
            .collect()
    }

    #[test]
    fn what_is_called_like_its_neighbour_is_told() {
        assert_eq!(
            crossed(&json!({"title": "{% $in.topic %}", "topic": "{% $in.title %}"})),
            ["/title", "/topic"]
        );
        assert_eq!(
            crossed(&json!({"round": "{% $attempts %}", "attempt": "{% $round %}"})),
            ["/attempt"]
        );
    }

    #[test]
    fn one_value_for_two_fields_and_renamed_fields_are_fine() {
        assert_eq!(
            crossed(&json!({"id": "{% $in.id %}", "name": "{% $in.id %}", "at": "{% $start %}"})),
            [""; 0]
        );
    }
}
