//! What a `Choice` learns of the data, in JSONata.

use asl::{Choice, ChoiceRule, Condition, Pointer};
use serde_json::Value;

use crate::{
    analysis::{Run, Ways},
    scope::Scope,
    shape::Shape,
    states::Visit,
    template::{of_kind, parse, source, template},
};

impl<'a> Run<'a> {
    pub(crate) fn choice(&mut self, choice: &Choice, visit: &Visit<'a, '_>, mut scope: Scope) -> Ways {
        let mut ways = Ways {
            output: Some(visit.flow.input.clone()),
            ..Ways::default()
        };
        for (index, rule) in choice.choices.iter().enumerate() {
            let at = visit.at.key("Choices").index(index);
            let mut holds = scope.clone();
            let (may_hold, may_fail) = self.condition(rule, &at, &mut holds, &mut scope);
            if may_hold {
                let otherwise = visit.flow.learnt(&holds).input;
                let after = self.after(
                    visit,
                    &holds,
                    &at,
                    (rule.assign.as_ref(), rule.output.as_ref()),
                    otherwise,
                );
                ways.next.push((rule.next.clone(), after));
            }
            if !may_fail {
                return ways;
            }
        }
        if let Some(default) = &choice.default {
            let own = (visit.state.assign.as_ref(), visit.state.output.as_ref());
            let otherwise = visit.flow.learnt(&scope).input;
            let after = self.after(visit, &scope, &visit.at, own, otherwise);
            ways.next.push((default.clone(), after));
        }
        ways
    }

    /// Looks at a rule's condition, and teaches both scopes what they may take from it. Says which of both is possible.
    fn condition(&mut self, rule: &ChoiceRule, at: &Pointer, holds: &mut Scope, fails: &mut Scope) -> (bool, bool) {
        let Condition::Jsonata(value) = &rule.condition else {
            return (true, true);
        };
        let place = at.key("Condition");
        let shape = template(value, &place, fails, &mut self.sink);
        of_kind(&shape, &Shape::boolean(), "Condition", &place, &mut self.sink);
        match value {
            Value::Bool(value) => (*value, !*value),
            Value::String(text) => {
                let node = source(text).and_then(|source| parse(source, &place, &mut self.sink));
                node.map_or((true, true), |node| {
                    (holds.assume(&node, true), fails.assume(&node, false))
                })
            }
            _ => (true, true),
        }
    }
}
