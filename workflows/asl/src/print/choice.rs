//! The rules of a `Choice`.

use serde_json::Value;

use super::fields::Fields;
use crate::{Choice, ChoiceRule, Condition};

pub(super) fn choice(fields: &mut Fields, choice: &Choice) {
    fields.put("Choices", choice.choices.iter().map(rule).collect::<Value>());
    fields.some("Default", choice.default.as_ref());
}

fn rule(rule: &ChoiceRule) -> Value {
    let mut fields = Fields::default();
    fields.some("Comment", rule.comment.as_ref());
    fields.extend(condition(&rule.condition));
    fields.some("Assign", rule.assign.as_ref());
    fields.some("Output", rule.output.as_ref());
    fields.put("Next", rule.next.clone());
    fields.finish()
}

fn condition(condition: &Condition) -> Fields {
    let mut fields = Fields::default();
    match condition {
        Condition::Jsonata(expression) => fields.put("Condition", expression.clone()),
        Condition::And(inner) => fields.put("And", all(inner)),
        Condition::Or(inner) => fields.put("Or", all(inner)),
        Condition::Not(inner) => fields.put("Not", self::condition(inner).finish()),
        Condition::Compare(comparison) => {
            fields.put("Variable", comparison.variable.clone());
            fields.put(&comparison.operator, comparison.value.clone());
        }
    }
    fields
}

fn all(conditions: &[Condition]) -> Value {
    conditions.iter().map(|inner| condition(inner).finish()).collect()
}
