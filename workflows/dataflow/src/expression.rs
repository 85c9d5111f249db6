//! What a JSONata expression may give, from what its variables may be.

use std::rc::Rc;

use asl::Pointer;
use jsonata_core::ast::{AstNode, BinaryOp};

use crate::{
    Rule, calls,
    finding::Sink,
    scope::Scope,
    shape::{List, Number, Object, Shape},
    words,
};

/// Evaluates expressions of one place of a definition.
pub(crate) struct Evaluator<'a> {
    pub(crate) sink: &'a mut Sink,
    pub(crate) at: &'a Pointer,
    /// Inside `$exists(…)`, where a variable may well be unassigned.
    pub(crate) asked: bool,
}

impl Evaluator<'_> {
    pub(crate) fn report(&mut self, rule: Rule, message: String, help: Option<String>) {
        self.sink.report(rule, self.at, message, help);
    }

    /// The shape of an expression's value.
    pub(crate) fn value(&mut self, node: &AstNode, scope: &Scope) -> Shape {
        match node {
            AstNode::String(text) => Shape::constant(text),
            AstNode::Number(number) => Shape::from(Number { most: Some(*number) }),
            AstNode::Boolean(_) => Shape::boolean(),
            AstNode::Null => Shape::null(),
            AstNode::Undefined => Shape::missing(),
            AstNode::Variable(name) => self.variable(name, scope),
            AstNode::Name(_) => self.path(node, scope),
            AstNode::Path { .. } => {
                let shape = self.path(node, scope);
                if scope.found.contains(node) {
                    shape.present()
                } else {
                    shape
                }
            }
            AstNode::Binary { op, lhs, rhs } => self.binary(*op, lhs, rhs, scope),
            AstNode::Unary { op, operand } => self.unary(*op, operand, scope),
            AstNode::Function { name, args, .. } => self.call(name, args, scope),
            AstNode::Array(items) | AstNode::ArrayGroup(items) => self.array(items, scope),
            AstNode::Object(pairs) => self.object(pairs, scope),
            AstNode::Block(nodes) => self.block(nodes, scope),
            AstNode::FunctionApplication(body) => self.value(body, scope),
            AstNode::Conditional {
                condition,
                then_branch,
                else_branch,
            } => self.conditional(condition, then_branch, else_branch.as_deref(), scope),
            other => self.unknown(other, scope),
        }
    }

    /// What has no rule here: its parts are still looked at for variables.
    fn unknown(&mut self, node: &AstNode, scope: &Scope) -> Shape {
        let parts: Vec<&AstNode> = match node {
            AstNode::Call { procedure, args } => std::iter::once(&**procedure).chain(args).collect(),
            AstNode::Sort { input, .. } | AstNode::ObjectTransform { input, .. } => vec![input],
            AstNode::Lambda { params, body, .. } => {
                let inner = params
                    .iter()
                    .fold(scope.at(Shape::Any), |scope, name| scope.with(name, Shape::Any));
                self.value(body, &inner);
                Vec::new()
            }
            _ => Vec::new(),
        };
        for part in parts {
            self.value(part, scope);
        }
        Shape::Any
    }

    pub(crate) fn variable(&mut self, name: &str, scope: &Scope) -> Shape {
        if name.is_empty() {
            return scope.item.clone().unwrap_or(Shape::Any);
        }
        self.sink.read.insert(name.to_owned());
        match scope.variables.get(name) {
            Some(variable) if variable.always => variable.shape.clone(),
            Some(variable) => {
                if !self.asked {
                    let message = format!("`${name}` is read, and not every path to here assigns it");
                    let help = "assign it on all paths, or ask `$exists` first".to_owned();
                    self.report(Rule::MaybeUnassigned, message, Some(help));
                }
                variable.shape.clone()
            }
            None if calls::is_function(name) => Shape::Any,
            None => {
                let closest = scope
                    .variables
                    .keys()
                    .map(|other| (words::distance(other, name), other))
                    .min();
                let help = closest.filter(|(away, _)| *away <= 1 + name.len() / 4);
                let help = help.map(|(_, other)| format!("did you mean `${other}`?"));
                self.report(
                    Rule::UnassignedVariable,
                    format!("no state before this one assigns `${name}`"),
                    help,
                );
                Shape::Any
            }
        }
    }

    fn block(&mut self, nodes: &[AstNode], scope: &Scope) -> Shape {
        let mut scope = scope.clone();
        let mut last = Shape::missing();
        for node in nodes {
            last = self.value(node, &scope);
            if let AstNode::Binary {
                op: BinaryOp::ColonEqual,
                lhs,
                ..
            } = node
                && let AstNode::Variable(name) = &**lhs
            {
                scope = scope.with(name, last.clone());
            }
        }
        last
    }

    fn conditional(&mut self, condition: &AstNode, then: &AstNode, other: Option<&AstNode>, scope: &Scope) -> Shape {
        self.value(condition, scope);
        let mut shape = Shape::impossible();
        let mut holds = scope.clone();
        if holds.assume(condition, true) {
            shape = shape.join(self.value(then, &holds));
        }
        let mut fails = scope.clone();
        if fails.assume(condition, false) {
            shape = shape.join(other.map_or_else(Shape::missing, |other| self.value(other, &fails)));
        }
        // A condition that can neither hold nor fail is beyond what is known here.
        if shape.is_impossible() { Shape::Any } else { shape }
    }

    fn array(&mut self, items: &[AstNode], scope: &Scope) -> Shape {
        let shapes: Vec<Shape> = items
            .iter()
            .map(|node| match (node, self.value(node, scope)) {
                (AstNode::Array(_), inner) => Shape::list(inner),
                (_, shape) => shape.wrapped(),
            })
            .collect();
        let mut all = List::exactly(Vec::new());
        for shape in &shapes {
            all = match shape.known().and_then(|known| known.list.as_ref()) {
                Some(list) => all.followed_by(list),
                None => List::of(all.items.join(shape.item())),
            };
        }
        all.into()
    }

    fn object(&mut self, pairs: &[(AstNode, AstNode)], scope: &Scope) -> Shape {
        let mut object = Object::default();
        for (key, value) in pairs {
            let value = self.value(value, scope);
            match key {
                AstNode::String(name) => {
                    Rc::make_mut(&mut object.fields).insert(name.clone(), value);
                }
                computed => {
                    self.value(computed, scope);
                    object.open = true;
                }
            }
        }
        object.into()
    }
}
