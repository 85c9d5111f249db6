//! The rules of a `Choice`.

use super::fields::{self, Field};
use super::object::Object;
use crate::json::Json;
use crate::operator::{OPERATORS, is_operator};
use crate::{Choice, ChoiceRule, Comparison, Condition, Finding, Kind, QueryLanguage};

/// `Choices` and `Default`.
pub(super) fn choice(object: &Object<'_>) -> Option<Choice> {
    let complete = object.require(&["Choices"]);
    let (choices, default) = (object.each("Choices", rule), object.text("Default"));
    // Without its target a transition would be missing from the graph, and states seem unreachable.
    let readable = complete && default.is_some() == object.has("Default");
    Some(Choice {
        choices: choices?,
        default,
    })
    .filter(|_| readable)
}

fn rule(object: &Object<'_>) -> Option<ChoiceRule> {
    allow(object, fields::RULE);
    let complete = object.require(&["Next"]);
    let condition = match object.language {
        QueryLanguage::JSONata => jsonata(object),
        QueryLanguage::JSONPath => condition(object),
    };
    let next = object.text("Next");
    let rule = ChoiceRule {
        comment: object.text("Comment"),
        assign: object.structure("Assign"),
        output: object.any("Output"),
        condition: condition?,
        next: next?,
    };
    complete.then_some(rule)
}

fn inner(object: &Object<'_>) -> Option<Condition> {
    allow(object, fields::INNER_RULE);
    condition(object)
}

fn allow(object: &Object<'_>, base: &[Field]) {
    let only = Some(QueryLanguage::JSONPath);
    let operators = OPERATORS.iter().map(|operator| Field {
        name: operator.name,
        only,
    });
    object.allow(&base.iter().copied().chain(operators).collect::<Vec<_>>());
}

fn jsonata(object: &Object<'_>) -> Option<Condition> {
    if !object.require(&["Condition"]) {
        return None;
    }
    match &object.get("Condition")?.json {
        Json::Bool(_) | Json::String(_) => object.any("Condition").map(Condition::Jsonata),
        _ => {
            object.sink.wrong_type(&object.pointer.key("Condition"), "Boolean");
            None
        }
    }
}

/// `And`, `Or`, `Not`, or `Variable` with one operator: exactly one of them.
fn condition(object: &Object<'_>) -> Option<Condition> {
    let tests: Vec<_> = object
        .members
        .iter()
        .map(|member| member.key.as_str())
        .filter(|key| is_test(key))
        .collect();
    match tests.as_slice() {
        // A misspelt operator has been reported already.
        [] if object
            .members
            .iter()
            .any(|member| !fields::RULE.iter().any(|field| field.name == member.key)) =>
        {
            None
        }
        [] => {
            let message = "A rule needs exactly one comparison: `And`, `Or`, `Not`, or `Variable` with an operator";
            object
                .sink
                .push(Finding::new(Kind::MissingField, &object.pointer, message));
            None
        }
        [name] => test(object, name),
        [_, second, ..] => {
            let message = format!(
                "There should only be one of the following fields: [{}]",
                tests.join(", ")
            );
            object.sink.push(Finding::of_field(
                Kind::ExclusiveFields,
                &object.pointer.key(second),
                message,
            ));
            None
        }
    }
}

fn is_test(key: &str) -> bool {
    matches!(key, "And" | "Or" | "Not") || is_operator(key)
}

fn test(object: &Object<'_>, name: &str) -> Option<Condition> {
    match name {
        "And" => object.each(name, inner).map(Condition::And),
        "Or" => object.each(name, inner).map(Condition::Or),
        "Not" => inner(&object.object(name)?).map(|condition| Condition::Not(Box::new(condition))),
        operator => comparison(object, operator).map(Condition::Compare),
    }
}

fn comparison(object: &Object<'_>, operator: &str) -> Option<Comparison> {
    object.require(&["Variable"]);
    Some(Comparison {
        variable: object.text("Variable")?,
        operator: operator.to_owned(),
        value: object.any(operator)?,
    })
}
