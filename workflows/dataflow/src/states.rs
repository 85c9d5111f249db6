//! What each kind of state does with data, in JSONata.

use asl::{Fail, Number, Pointer, QueryLanguage, State, StateKind, States, Text, Transition, WaitFor};
use serde_json::Value;

use crate::{
    Rule,
    analysis::{Place, Run, Ways},
    context::context,
    errors,
    flow::Flow,
    scope::{Scope, Variable},
    shape::Shape,
    template::{of_kind, source, template},
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
        if matches!(state.kind, StateKind::Parallel(_) | StateKind::Map(_)) {
            let all = self.knowledge.every_error_is_caught && !place.is_caught;
            errors::check(state, None, all, &visit.at, &mut self.sink);
        }
        errors::reserved(state, &visit.at, &mut self.sink);
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
}
