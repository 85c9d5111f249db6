//! Calls of JSONata's functions.

use jsonata_core::ast::AstNode;

use crate::{
    Rule,
    expression::Evaluator,
    functions::{Absent, result},
    operators::absent,
    scope::Scope,
    shape::Shape,
};

impl Evaluator<'_> {
    pub(crate) fn call(&mut self, name: &str, args: &[AstNode], scope: &Scope) -> Shape {
        let mut result = self.result(name, args, scope);
        if let ("max" | "min", [AstNode::Array(items)]) = (name, args) {
            self.all_there(name, items, scope);
        }
        if let Shape::Known(known) = &mut result
            && let Some(number) = &mut known.number
        {
            number.most = self.most(name, args, scope);
        }
        result
    }

    /// A value that is not there is left out of a list in silence, and the greatest or the least is one of the others: a
    /// limit that is written beside it, where nobody meant it.
    fn all_there(&mut self, name: &str, items: &[AstNode], scope: &Scope) {
        for item in items.iter().filter(|_| items.len() > 1) {
            let shape = self.value(item, scope);
            let (rule, how) = if shape.is_missing() {
                (Rule::NoValue, "never has")
            } else if shape.may_be_missing() {
                (Rule::MaybeNoValue, "may not have")
            } else {
                continue;
            };
            let message = format!("one of the values that `${name}` compares {how} a value, and is left out then");
            let help = "give it a default, or ask `$exists` first".to_owned();
            self.report(rule, message, Some(help));
        }
    }

    /// The largest number that a function gives, where that is known: of what is rounded, and of the least and the greatest of
    /// a list that is written out. Sums are not followed: what grows round by round would never come to rest.
    fn most(&mut self, name: &str, args: &[AstNode], scope: &Scope) -> Option<f64> {
        let [argument] = args else { return None };
        let bound = |shape: Shape| shape.known()?.number?.most;
        match (name, argument) {
            ("ceil" | "round", number) => bound(self.value(number, scope)).map(f64::ceil),
            ("floor", number) => bound(self.value(number, scope)),
            ("max", list) => bound(self.value(list, scope).item()),
            ("min", AstNode::Array(items)) => {
                let shapes = items.iter().map(|item| self.value(item, scope));
                // What may not be there may not be compared.
                let there = shapes.filter(|shape| shape.known().is_some_and(|known| !known.missing));
                there.filter_map(bound).reduce(f64::min)
            }
            _ => None,
        }
    }

    fn result(&mut self, name: &str, args: &[AstNode], scope: &Scope) -> Shape {
        let asked = self.asked;
        self.asked = asked || matches!(name, "exists" | "type");
        let shapes: Vec<Shape> = args.iter().map(|arg| self.argument(name, arg, args, scope)).collect();
        self.asked = asked;
        let first = shapes.first();
        match (name, result(name)) {
            ("exists", _) => Shape::boolean(),
            ("parse", _) => parsed(first),
            ("string", _) => match first {
                Some(shape) => Shape::json(shape.clone()).join(absent(&[shape])),
                None => Shape::Any,
            },
            (_, Some((shape, Absent::Propagates))) => first.map_or(shape.clone(), |first| {
                if first.is_missing() {
                    Shape::missing()
                } else {
                    shape.join(absent(&[first]))
                }
            }),
            (_, Some((shape, Absent::Matters))) => shape,
            (_, None) => Shape::Any,
        }
    }

    /// The functions of higher order call theirs with items of the first argument.
    fn argument(&mut self, name: &str, arg: &AstNode, args: &[AstNode], scope: &Scope) -> Shape {
        let AstNode::Lambda { params, body, .. } = arg else {
            return self.value(arg, scope);
        };
        let items = match (name, args.first()) {
            ("map" | "filter" | "single" | "each" | "sift", Some(first)) => self.value(first, scope).item(),
            _ => Shape::Any,
        };
        let items = if matches!(name, "each" | "sift") {
            Shape::Any
        } else {
            items
        };
        let inner = params.iter().enumerate().fold(scope.clone(), |scope, (index, param)| {
            scope.with(param, if index == 0 { items.clone() } else { Shape::Any })
        });
        self.value(body, &inner);
        Shape::Any
    }
}

fn parsed(argument: Option<&Shape>) -> Shape {
    let Some(Shape::Known(known)) = argument else {
        return Shape::Any;
    };
    let json = known.text.as_ref().and_then(|text| text.json.as_deref());
    json.map_or(Shape::Any, |shape| {
        if known.missing {
            shape.clone().or_missing()
        } else {
            shape.clone()
        }
    })
}

/// The functions that can be named as a value, as in `$map(x, $string)`.
pub(crate) fn is_function(name: &str) -> bool {
    const OTHERS: [&str; 24] = [
        "append",
        "assert",
        "clone",
        "distinct",
        "each",
        "error",
        "filter",
        "lookup",
        "map",
        "match",
        "merge",
        "parse",
        "partition",
        "range",
        "reduce",
        "reverse",
        "shuffle",
        "sift",
        "single",
        "sort",
        "spread",
        "eval",
        "zip",
        "formatInteger",
    ];
    result(name).is_some() || OTHERS.contains(&name)
}
