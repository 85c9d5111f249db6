//! JSON with expressions inside, as `Arguments`, `Assign` and `Output` hold it.

use std::rc::Rc;

use asl::Pointer;
use jsonata_core::{ast::AstNode, parser};
use serde_json::Value;

use crate::{
    Rule, crossed,
    expression::Evaluator,
    finding::Sink,
    fits::unfit,
    scope::Scope,
    shape::{List, Object, Shape},
    words,
};

/// The shape of a template's value.
pub(crate) fn template(value: &Value, at: &Pointer, scope: &Scope, sink: &mut Sink) -> Shape {
    match value {
        Value::String(text) => match source(text) {
            Some(source) => expression(source, at, scope, sink),
            None if text.contains("${") => Shape::text(),
            None => Shape::from(value),
        },
        Value::Array(items) => {
            let shapes = items
                .iter()
                .enumerate()
                .map(|(index, item)| template(item, &at.index(index), scope, sink));
            List::exactly(shapes.collect()).into()
        }
        Value::Object(members) => {
            crossed::check(members, at, sink);
            let fields = members
                .iter()
                .map(|(name, value)| (name.clone(), template(value, &at.key(name), scope, sink)));
            Object {
                fields: Rc::new(fields.collect()),
                open: false,
                most_bytes: None,
            }
            .into()
        }
        literal => Shape::from(literal),
    }
}

/// The shape of an expression that must have a value, as every one in a definition must.
fn expression(source: &str, at: &Pointer, scope: &Scope, sink: &mut Sink) -> Shape {
    let Some(node) = parse(source, at, sink) else {
        return Shape::Any;
    };
    let shape = Evaluator { sink, at, asked: false }.value(&node, scope);
    if shape.is_missing() {
        let message = "the expression never has a value".to_owned();
        let help = "Step Functions fails the state with States.QueryEvaluationError".to_owned();
        sink.report(Rule::NoValue, at, message, Some(help));
    } else if shape.may_be_missing() {
        let message = "the expression may have no value".to_owned();
        let help = "give a default: `$exists(x) ? x : null`".to_owned();
        sink.report(Rule::MaybeNoValue, at, message, Some(help));
    }
    shape.present()
}

/// What is between the marks.
pub(crate) fn source(text: &str) -> Option<&str> {
    text.strip_prefix("{%")?.strip_suffix("%}").map(str::trim)
}

/// The syntax tree of an expression. A state is looked at several times, its texts are read once.
pub(crate) fn parse(source: &str, at: &Pointer, sink: &mut Sink) -> Option<Rc<AstNode>> {
    if let Some(node) = sink.parsed.get(source) {
        return Some(Rc::clone(node));
    }
    match parser::parse(source) {
        Ok(node) => {
            let node = Rc::new(node);
            sink.parsed.insert(source.to_owned(), Rc::clone(&node));
            Some(node)
        }
        Err(error) => {
            sink.report(Rule::Syntax, at, error.to_string(), None);
            None
        }
    }
}

/// Reports what of a value is not wanted, each at its own place.
pub(crate) fn must_fit(given: &Shape, wanted: &Shape, whose: &str, at: &Pointer, sink: &mut Sink) {
    for misfit in unfit(given, wanted) {
        let steps = misfit.path.iter().take_while(|step| *step != "[]");
        let place = steps.fold(at.clone(), |at, step| at.key(step));
        let name = misfit
            .path
            .last()
            .map_or_else(|| "the value".to_owned(), |name| format!("`{name}`"));
        let why = &misfit.message;
        let message = if why.ends_with("wanted") || why.ends_with("declared") {
            format!("{name} {why} by {whose}")
        } else {
            format!("{name} {why}, which {whose} does not take")
        };
        sink.report(misfit.rule, &place, message, misfit.help);
    }
}

/// A field such as `Seconds` that takes one kind of value.
pub(crate) fn of_kind(shape: &Shape, wanted: &Shape, field: &str, at: &Pointer, sink: &mut Sink) {
    for misfit in unfit(shape, wanted) {
        let message = format!("`{field}` {}", misfit.message);
        sink.report(
            misfit.rule,
            at,
            message,
            Some(format!("it takes {}", words::kinds(wanted))),
        );
    }
}
