//! What a `Choice` in JSONPath reads.

use asl::{Choice, Comparison, Condition, Pointer};

use crate::{
    analysis::{Run, Ways},
    flow::Flow,
    scope::Scope,
    shape::Shape,
    states::Visit,
};

impl<'a> Run<'a> {
    pub(crate) fn path_choice(&mut self, choice: &Choice, visit: &Visit<'a, '_>, input: &Shape, scope: &Scope) -> Ways {
        let mut ways = Ways {
            output: Some(input.clone()),
            ..Ways::default()
        };
        for (index, rule) in choice.choices.iter().enumerate() {
            let at = visit.at.key("Choices").index(index);
            self.tests(&rule.condition, &at, input, scope);
            let flow = self.assigned_by(rule.assign.as_ref(), visit, &at, input, scope);
            ways.next.push((
                rule.next.clone(),
                Flow {
                    input: input.clone(),
                    ..flow
                },
            ));
        }
        if let Some(default) = &choice.default {
            let flow = self.assigned_by(visit.state.assign.as_ref(), visit, &visit.at, input, scope);
            ways.next.push((
                default.clone(),
                Flow {
                    input: input.clone(),
                    ..flow
                },
            ));
        }
        ways
    }

    /// The variables that a condition reads. Whether a field is there may be just what it asks.
    fn tests(&mut self, condition: &Condition, at: &Pointer, input: &Shape, scope: &Scope) {
        match condition {
            Condition::And(all) | Condition::Or(all) => all.iter().for_each(|one| self.tests(one, at, input, scope)),
            Condition::Not(one) => self.tests(one, at, input, scope),
            Condition::Compare(Comparison { variable, .. }) => {
                self.path_value(variable, input, &at.key("Variable"), scope);
            }
            Condition::Jsonata(_) => {}
        }
    }
}
