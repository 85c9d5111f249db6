//! What a state in JSONPath does with data.
//!
//! Reference paths are followed; what may lead to several values is anything.

use asl::{Fail, Map, Number, Pass, PathOrNull, StateKind, Task, WaitFor};
use serde_json::Value;

use crate::{
    analysis::{Run, Ways},
    errors,
    flow::Flow,
    paths::placed,
    scope::Scope,
    shape::Shape,
    states::Visit,
};

impl<'a> Run<'a> {
    pub(crate) fn paths(&mut self, visit: &Visit<'a, '_>) -> Ways {
        let scope = visit.flow.scope(&visit.context, &[]);
        let input = self.part(
            visit.state.input_path.as_ref(),
            &visit.flow.input,
            &visit.at.key("InputPath"),
            &scope,
        );
        match &visit.state.kind {
            StateKind::Pass(pass) => self.pass(pass, visit, input, &scope),
            StateKind::Succeed => self.leave(visit, &input, &scope),
            StateKind::Wait(wait) => {
                let seconds = match &wait.until {
                    WaitFor::Seconds(number) => self.path_number(number, "SecondsPath", visit, &input, &scope),
                    WaitFor::Timestamp(text) => {
                        self.path_text(text, "TimestampPath", visit, &input, &scope);
                        None
                    }
                };
                Ways {
                    seconds,
                    ..self.leave(visit, &input, &scope)
                }
            }
            StateKind::Fail(Fail { error, cause }) => {
                for (field, text) in [("ErrorPath", error), ("CausePath", cause)] {
                    if let Some(text) = text {
                        self.path_text(text, field, visit, &input, &scope);
                    }
                }
                Ways::default()
            }
            StateKind::Choice(choice) => self.path_choice(choice, visit, &input, &scope),
            StateKind::Task(task) => self.path_task(task, visit, input, &scope),
            StateKind::Parallel(parallel) => {
                let given = self.parameters(parallel.parameters.as_ref(), visit, &input, &scope);
                let result = self.branches(parallel, visit, &given);
                let mut ways = result.map_or_else(Ways::default, |result| {
                    self.result(
                        visit,
                        (parallel.result_selector.as_ref(), parallel.result_path.as_ref()),
                        input,
                        result,
                        &scope,
                    )
                });
                self.path_caught(visit, &mut ways);
                ways
            }
            StateKind::Map(map) => self.path_map(map, visit, input, &scope),
        }
    }

    fn pass(&mut self, pass: &Pass, visit: &Visit<'a, '_>, input: Shape, scope: &Scope) -> Ways {
        let given = self.parameters(pass.parameters.as_ref(), visit, &input, scope);
        let result = pass.result.as_ref().map_or(given, Shape::from);
        self.result(visit, (None, pass.result_path.as_ref()), input, result, scope)
    }

    fn path_task(&mut self, task: &Task, visit: &Visit<'a, '_>, input: Shape, scope: &Scope) -> Ways {
        let given = self.parameters(task.parameters.as_ref(), visit, &input, scope);
        let contract = (self.knowledge.contract)(&task.resource, task.parameters.as_ref().unwrap_or(&Value::Null));
        if let Some(contract) = &contract {
            let at = visit.at.key("Parameters");
            self.fits(&given, contract, &at);
        }
        let mut seconds = |field, number: &Option<Number>| {
            let number = number.as_ref();
            number.and_then(|number| self.path_number(number, field, visit, &input, scope))
        };
        let timeout = seconds("TimeoutSecondsPath", &task.timeout_seconds);
        seconds("HeartbeatSecondsPath", &task.heartbeat_seconds);
        errors::check(
            visit.state,
            contract.as_ref(),
            self.knowledge.every_error_is_caught && !visit.place.is_caught,
            &visit.at,
            &mut self.sink,
        );
        let result = contract.map_or(Shape::Any, |contract| contract.result);
        let fields = (task.result_selector.as_ref(), task.result_path.as_ref());
        Ways {
            seconds: timeout,
            ..self.called(visit, fields, input, (given, result), scope)
        }
    }

    fn path_map(&mut self, map: &'a Map, visit: &Visit<'a, '_>, input: Shape, scope: &Scope) -> Ways {
        let items = match &map.items_path {
            Some(path) => self.path_value(path, &input, &visit.at.key("ItemsPath"), scope),
            None if map.item_reader.is_some() => Shape::Any,
            None => input.clone(),
        };
        if let Some(selector) = &map.item_selector {
            let context = crate::context::context(&self.knowledge.input, false, Some(&items.item()));
            let scope = visit.flow.scope(&context, &[]);
            self.path_template(selector, &visit.at.key("ItemSelector"), &input, &scope);
        }
        let result = self.iterations(map, visit, &items);
        let fields = (map.result_selector.as_ref(), map.result_path.as_ref());
        self.called(visit, fields, input, (items, result), scope)
    }

    /// What follows a call that was given this and gave that.
    fn called(
        &mut self,
        visit: &Visit<'a, '_>,
        fields: (Option<&Value>, Option<&PathOrNull>),
        input: Shape,
        (given, result): (Shape, Shape),
        scope: &Scope,
    ) -> Ways {
        let mut ways = self.result(visit, fields, input, result.clone(), scope);
        ways.call = Some((given, result));
        self.path_caught(visit, &mut ways);
        ways
    }

    fn path_caught(&mut self, visit: &Visit<'a, '_>, ways: &mut Ways) {
        for (index, catcher) in visit.state.kind.catch().iter().enumerate() {
            let at = visit.at.key("Catch").index(index);
            let error = Shape::object([("Error", Shape::text()), ("Cause", Shape::text())]);
            let scope = visit.flow.scope(&visit.context, &[]);
            let flow = self.assigned_by(catcher.assign.as_ref(), visit, &at, &error, &scope);
            let input = placed(catcher.result_path.as_ref(), visit.flow.input.clone(), error);
            ways.next.push((catcher.next.clone(), Flow { input, ..flow }));
        }
    }
}
