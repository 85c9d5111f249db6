//! Paths and payload templates of JSONPath.
//!
//! Reference paths are followed; what may lead to several values is anything.

use std::rc::Rc;

use asl::{
    Number, PathOrNull, Pointer, Text,
    intrinsic::{Argument, Call},
    path::{Path, Root, Step},
};
use serde_json::Value;

use crate::{
    Rule,
    analysis::Run,
    expression::Evaluator,
    scope::Scope,
    shape::{Object, Shape},
    states::Visit,
    words,
};

impl Run<'_> {
    pub(crate) fn path_template(&mut self, value: &Value, at: &Pointer, data: &Shape, scope: &Scope) -> Shape {
        let Value::Object(members) = value else {
            return Shape::from(value);
        };
        let mut object = Object::default();
        for (key, value) in members {
            let shape = self.member(key, value, &at.key(key), data, scope);
            Rc::make_mut(&mut object.fields).insert(key.strip_suffix(".$").unwrap_or(key).to_owned(), shape);
        }
        object.into()
    }

    pub(crate) fn member(&mut self, key: &str, value: &Value, at: &Pointer, data: &Shape, scope: &Scope) -> Shape {
        match value {
            Value::String(path) if key.ends_with(".$") => self.path_value(path, data, at, scope),
            Value::String(text) if text.contains("${") => Shape::text(),
            nested => self.path_template(nested, at, data, scope),
        }
    }

    pub(crate) fn part(&mut self, path: Option<&PathOrNull>, data: &Shape, at: &Pointer, scope: &Scope) -> Shape {
        match path {
            None => data.clone(),
            Some(PathOrNull::Null) => Shape::object([]),
            Some(PathOrNull::Path(path)) => self.path_value(path, data, at, scope),
        }
    }

    /// Looks at a field that takes a number. Gives the largest that a path may lead to.
    pub(crate) fn path_number(
        &mut self,
        number: &Number,
        field: &str,
        visit: &Visit<'_, '_>,
        data: &Shape,
        scope: &Scope,
    ) -> Option<f64> {
        let Number::Path(path) = number else { return None };
        let shape = self.path_value(path, data, &visit.at.key(field), scope);
        shape.known()?.number?.most
    }

    pub(crate) fn path_text(&mut self, text: &Text, field: &str, visit: &Visit<'_, '_>, data: &Shape, scope: &Scope) {
        if let Text::Path(path) = text {
            self.path_value(path, data, &visit.at.key(field), scope);
        }
    }

    /// A path or a call of an intrinsic function.
    pub(crate) fn path_value(&mut self, text: &str, data: &Shape, at: &Pointer, scope: &Scope) -> Shape {
        if let Some(path) = Path::parse(text) {
            return self.follow(&path, data, at, scope);
        }
        if let Some(call) = Call::parse(text) {
            self.arguments(&call, data, at, scope);
        }
        Shape::Any
    }

    fn arguments(&mut self, call: &Call, data: &Shape, at: &Pointer, scope: &Scope) {
        for argument in &call.arguments {
            match argument {
                Argument::Path(path) => {
                    self.follow(path, data, at, scope);
                }
                Argument::Call(call) => self.arguments(call, data, at, scope),
                Argument::Text(_) | Argument::Literal(_) => {}
            }
        }
    }

    fn follow(&mut self, path: &Path, data: &Shape, at: &Pointer, scope: &Scope) -> Shape {
        let mut evaluator = Evaluator {
            sink: &mut self.sink,
            at,
            asked: false,
        };
        let mut shape = match &path.root {
            Root::Data => data.clone(),
            Root::Context => evaluator.variable("states", scope).field("context"),
            Root::Variable(name) => evaluator.variable(name, scope),
        };
        // What may lead to several values may lead to none: that is an empty list.
        if !path.is_reference() {
            return Shape::Any;
        }
        for step in &path.steps {
            let Step::Name(name) = step else { return Shape::Any };
            let Shape::Known(known) = &shape else { return Shape::Any };
            // A path of the older language does not map over arrays, and a field that may be absent is its author's bet.
            let found = known
                .objects
                .iter()
                .map(|object| object.field(name))
                .reduce(Shape::join);
            match found {
                Some(found) if !found.is_missing() => shape = found.present(),
                _ => {
                    let message = format!("`{}` leads nowhere: there is no field `{name}`", path.text);
                    evaluator.report(Rule::UnknownField, message, words::fields(&shape, name));
                    return Shape::Any;
                }
            }
        }
        shape
    }
}

/// What `ResultPath` makes of the input and the result.
pub(crate) fn placed(path: Option<&PathOrNull>, input: Shape, result: Shape) -> Shape {
    match path {
        None => result,
        Some(PathOrNull::Null) => input,
        Some(PathOrNull::Path(text)) => match Path::parse(text).map(|path| path.steps) {
            Some(steps) if steps.is_empty() => result,
            Some(steps) => match steps.as_slice() {
                [Step::Name(name)] => with_field(input, name, &result),
                _ => Shape::Any,
            },
            None => Shape::Any,
        },
    }
}

fn with_field(input: Shape, name: &str, field: &Shape) -> Shape {
    let Shape::Known(mut known) = input else {
        return Shape::Any;
    };
    known.objects.iter_mut().for_each(|object| {
        Rc::make_mut(&mut object.fields).insert(name.to_owned(), field.clone());
    });
    Shape::Known(known)
}
