//! What each kind of state does with data, in JSONata.

use asl::{
    Catcher, Choice, ChoiceRule, Condition, Fail, Number, Pointer, QueryLanguage, State, StateKind, States, Task, Text,
    Transition, WaitFor,
};
use serde_json::Value;

use crate::{
    Contract, Rule,
    analysis::{Place, Run, Ways},
    context::context,
    errors,
    fits::omitted,
    flow::Flow,
    scope::{Scope, Variable},
    shape::Shape,
    template::{must_fit, of_kind, parse, source, template},
};

/// One state under the eye: itself, where it stands, and what reaches it.
pub(crate) struct Visit<'a, 'f> {
    pub(crate) state: &'a State,
    pub(crate) at: Pointer,
    pub(crate) place: &'f Place,
    pub(crate) flow: &'f Flow,
    pub(crate) context: Shape,
}

impl<'a> Run<'a> {
    /// Where a state leads with what reaches it.
    pub(crate) fn state(&mut self, states: &'a States, place: &Place, name: &str, flow: &Flow) -> Ways {
        let Some(state) = states.states.get(name) else {
            return Ways::default();
        };
        let has_token = matches!(&state.kind, StateKind::Task(task) if task.resource.ends_with(".waitForTaskToken"));
        let visit = Visit {
            state,
            at: place.pointer.key("States").key(name),
            place,
            flow,
            context: context(&self.knowledge.input, has_token, place.item.as_ref()),
        };
        match self.machine.language_of(state) {
            QueryLanguage::JSONPath => self.paths(&visit),
            QueryLanguage::JSONata => self.jsonata(&visit),
        }
    }

    fn jsonata(&mut self, visit: &Visit<'a, '_>) -> Ways {
        let scope = visit.flow.scope(&visit.context, &[]);
        match &visit.state.kind {
            StateKind::Pass(_) | StateKind::Succeed => self.through(visit, None),
            StateKind::Wait(wait) => {
                let seconds = match &wait.until {
                    WaitFor::Seconds(number) => self.number(number, "Seconds", &visit.at, &scope),
                    WaitFor::Timestamp(Text::Jsonata(text)) => {
                        let at = visit.at.key("Timestamp");
                        let shape = template(&Value::String(text.clone()), &at, &scope, &mut self.sink);
                        of_kind(&shape, &Shape::moment(), "Timestamp", &at, &mut self.sink);
                        None
                    }
                    WaitFor::Timestamp(_) => None,
                };
                Ways {
                    seconds,
                    ..self.through(visit, None)
                }
            }
            StateKind::Fail(fail) => self.fail(fail, visit, &scope),
            StateKind::Choice(choice) => self.choice(choice, visit, scope),
            StateKind::Task(task) => self.task(task, visit, &scope),
            StateKind::Parallel(parallel) => self.parallel(parallel, visit, &scope),
            StateKind::Map(map) => self.map(map, visit, &scope),
        }
    }

    /// `Assign`, `Output` and the transition of a state that succeeds.
    pub(crate) fn through(&mut self, visit: &Visit<'a, '_>, result: Option<Shape>) -> Ways {
        let more: Vec<_> = result.iter().map(|shape| ("result", shape.clone())).collect();
        let scope = visit.flow.scope(&visit.context, &more);
        let otherwise = result.unwrap_or_else(|| visit.flow.input.clone());
        let after = self.after(
            visit,
            &scope,
            &visit.at,
            (visit.state.assign.as_ref(), visit.state.output.as_ref()),
            otherwise,
        );
        let mut ways = Ways {
            output: Some(after.input.clone()),
            ..Ways::default()
        };
        match &visit.state.transition {
            Some(Transition::Next(next)) => ways.next.push((next.clone(), after)),
            Some(Transition::End) => ways.end = Some(after.input),
            None if matches!(visit.state.kind, StateKind::Succeed) => ways.end = Some(after.input),
            None => {}
        }
        ways
    }

    /// The flow after `Assign` and `Output`, which see the variables as they were before.
    pub(crate) fn after(
        &mut self,
        visit: &Visit<'_, '_>,
        scope: &Scope,
        at: &Pointer,
        (assign, output): (Option<&Value>, Option<&Value>),
        otherwise: Shape,
    ) -> Flow {
        let mut flow = visit.flow.learnt(scope);
        for (name, value) in assign.and_then(Value::as_object).into_iter().flatten() {
            let place = at.key("Assign").key(name);
            let shape = template(value, &place, scope, &mut self.sink);
            if visit.place.outer.contains(name) {
                let message = format!("`${name}` is a variable of the scope around this one");
                let help = "give it another name; only the scope that owns a variable can assign it".to_owned();
                self.sink.report(Rule::ShadowedVariable, &place, message, Some(help));
            }
            if self.sink.open {
                self.assigned.push((name.clone(), place));
            }
            flow.variables.insert(name.clone(), Variable { shape, always: true });
        }
        flow.input = match output {
            Some(output) => template(output, &at.key("Output"), scope, &mut self.sink),
            None => otherwise,
        };
        flow
    }

    /// Looks at a field that takes a number. Gives the largest that an expression may be there.
    pub(crate) fn number(&mut self, number: &Number, field: &str, at: &Pointer, scope: &Scope) -> Option<f64> {
        let Number::Jsonata(text) = number else { return None };
        source(text)?;
        let at = at.key(field);
        let shape = template(&Value::String(text.clone()), &at, scope, &mut self.sink);
        of_kind(&shape, &Shape::number(), field, &at, &mut self.sink);
        shape.known()?.number?.most
    }

    fn fail(&mut self, fail: &Fail, visit: &Visit<'_, '_>, scope: &Scope) -> Ways {
        for (field, text) in [("Error", &fail.error), ("Cause", &fail.cause)] {
            if let Some(Text::Jsonata(text)) = text {
                let at = visit.at.key(field);
                let shape = template(&Value::String(text.clone()), &at, scope, &mut self.sink);
                of_kind(&shape, &Shape::text(), field, &at, &mut self.sink);
            }
        }
        Ways::default()
    }

    fn choice(&mut self, choice: &Choice, visit: &Visit<'a, '_>, mut scope: Scope) -> Ways {
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

    fn task(&mut self, task: &Task, visit: &Visit<'a, '_>, scope: &Scope) -> Ways {
        let nothing = Value::Null;
        let arguments = task.arguments.as_ref().unwrap_or(&nothing);
        let at = visit.at.key("Arguments");
        let given = match &task.arguments {
            Some(arguments) => template(arguments, &at, scope, &mut self.sink),
            None => visit.flow.input.clone(),
        };
        let contract = (self.knowledge.contract)(&task.resource, arguments);
        if let Some(contract) = &contract {
            self.fits(&given, contract, &at);
        }
        let mut seconds = |field, number: &Option<Number>| {
            let number = number.as_ref();
            number.and_then(|number| self.number(number, field, &visit.at, scope))
        };
        let timeout = seconds("TimeoutSeconds", &task.timeout_seconds);
        seconds("HeartbeatSeconds", &task.heartbeat_seconds);
        errors::check(
            visit.state,
            contract.as_ref(),
            self.knowledge.every_error_is_caught && !visit.place.is_caught,
            &visit.at,
            &mut self.sink,
        );
        let result = contract.as_ref().map_or(Shape::Any, |contract| contract.result.clone());
        let mut ways = self.through(visit, Some(result.clone()));
        ways.call = Some((given, result));
        ways.seconds = timeout;
        self.caught(&task.catch, contract.as_ref(), visit, &mut ways);
        ways
    }

    /// The arguments are what is called takes, and all of it.
    pub(crate) fn fits(&mut self, given: &Shape, contract: &Contract, at: &Pointer) {
        must_fit(given, &contract.arguments, &contract.name, at, &mut self.sink);
        let Some(payload) = contract.payload.filter(|_| self.knowledge.every_field_is_given) else {
            return;
        };
        let designed = |shape: &Shape| payload.iter().fold(shape.clone(), |shape, name| shape.field(name));
        for path in omitted(&designed(given), &designed(&contract.arguments)) {
            let message = format!("`{}`, which {} declares, is not given", path.join("."), contract.name);
            let around = payload
                .iter()
                .copied()
                .chain(path[..path.len() - 1].iter().map(String::as_str));
            let place = around.fold(at.clone(), |at, step| at.key(step));
            let help = "give it, if only as `null`".to_owned();
            self.sink.report(Rule::OmittedField, &place, message, Some(help));
        }
    }

    /// The ways out through `Catch`. The state has failed, so its own `Assign` has not happened.
    pub(crate) fn caught(
        &mut self,
        catch: &[Catcher],
        contract: Option<&Contract>,
        visit: &Visit<'a, '_>,
        ways: &mut Ways,
    ) {
        let mut earlier: Vec<&String> = Vec::new();
        for (index, catcher) in catch.iter().enumerate() {
            let error = errors::output(&catcher.error_equals, &earlier, contract);
            let scope = visit.flow.scope(&visit.context, &[("errorOutput", error.clone())]);
            let at = visit.at.key("Catch").index(index);
            let own = (catcher.assign.as_ref(), catcher.output.as_ref());
            ways.next
                .push((catcher.next.clone(), self.after(visit, &scope, &at, own, error)));
            earlier.extend(&catcher.error_equals);
        }
    }
}
