//! What leaves a state in JSONPath: its result, its variables, and where they go.

use asl::{PathOrNull, Pointer};
use serde_json::Value;

use crate::{
    analysis::{Run, Ways},
    flow::Flow,
    paths::placed,
    scope::Scope,
    shape::Shape,
    states::Visit,
};

impl<'a> Run<'a> {
    /// `ResultSelector`, `ResultPath`, and what follows.
    pub(crate) fn result(
        &mut self,
        visit: &Visit<'a, '_>,
        (selector, path): (Option<&Value>, Option<&PathOrNull>),
        input: Shape,
        result: Shape,
        scope: &Scope,
    ) -> Ways {
        let selected = match selector {
            Some(selector) => self.path_template(selector, &visit.at.key("ResultSelector"), &result, scope),
            None => result,
        };
        let flow = self.assigned_by(visit.state.assign.as_ref(), visit, &visit.at, &selected, scope);
        let output = placed(path, input, selected);
        let output = self.part(
            visit.state.output_path.as_ref(),
            &output,
            &visit.at.key("OutputPath"),
            scope,
        );
        on(visit, Flow { input: output, ..flow })
    }

    pub(crate) fn leave(&mut self, visit: &Visit<'a, '_>, input: &Shape, scope: &Scope) -> Ways {
        let flow = self.assigned_by(visit.state.assign.as_ref(), visit, &visit.at, input, scope);
        let output = self.part(
            visit.state.output_path.as_ref(),
            input,
            &visit.at.key("OutputPath"),
            scope,
        );
        on(visit, Flow { input: output, ..flow })
    }

    pub(crate) fn assigned_by(
        &mut self,
        assign: Option<&Value>,
        visit: &Visit<'_, '_>,
        at: &Pointer,
        data: &Shape,
        scope: &Scope,
    ) -> Flow {
        let mut flow = visit.flow.clone();
        let at = at.key("Assign");
        if let Some(Value::Object(members)) = assign {
            for (key, value) in members {
                let name = key.strip_suffix(".$").unwrap_or(key);
                let shape = self.member(key, value, &at.key(key), data, scope);
                if self.sink.open {
                    self.assigned.push((name.to_owned(), at.key(key)));
                }
                flow.variables
                    .insert(name.to_owned(), crate::scope::Variable { shape, always: true });
            }
        }
        flow
    }

    pub(crate) fn parameters(
        &mut self,
        parameters: Option<&Value>,
        visit: &Visit<'_, '_>,
        input: &Shape,
        scope: &Scope,
    ) -> Shape {
        match parameters {
            Some(parameters) => self.path_template(parameters, &visit.at.key("Parameters"), input, scope),
            None => input.clone(),
        }
    }
}

/// The way that `Next` or `End` takes.
fn on(visit: &Visit<'_, '_>, flow: Flow) -> Ways {
    let mut ways = Ways {
        output: Some(flow.input.clone()),
        ..Ways::default()
    };
    match &visit.state.transition {
        Some(asl::Transition::Next(next)) => ways.next.push((next.clone(), flow)),
        _ => ways.end = Some(flow.input),
    }
    ways
}
