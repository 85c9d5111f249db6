//! What a `Task` hands out and gets back, in JSONata, and where its errors lead.

use asl::{Catcher, Number, Pointer, Task};
use serde_json::Value;

use crate::{
    Contract, Rule,
    analysis::{Run, Ways},
    errors,
    fits::omitted,
    scope::Scope,
    shape::Shape,
    states::Visit,
    template::{must_fit, template},
};

impl<'a> Run<'a> {
    pub(crate) fn task(&mut self, task: &Task, visit: &Visit<'a, '_>, scope: &Scope) -> Ways {
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
