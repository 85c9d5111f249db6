//! What a condition says about the values it looks at.

use jsonata_core::ast::{AstNode, BinaryOp, Stage};

use crate::{
    refine::{absent, not_null, only_null, only_text, without_text},
    scope::Scope,
    shape::Shape,
};

impl Scope {
    /// Learns that a condition holds, or that it does not. Says whether that is possible.
    pub(crate) fn assume(&mut self, condition: &AstNode, holds: bool) -> bool {
        match condition {
            AstNode::Boolean(value) => *value == holds,
            AstNode::Block(nodes) if nodes.len() == 1 => self.assume(&nodes[0], holds),
            AstNode::Function { name, args, .. } => match (name.as_str(), args.as_slice()) {
                ("not", [inner]) => self.assume(inner, !holds),
                ("exists", [inner]) if holds && plain(inner).is_none() => {
                    self.found.extend(is_steady(inner).then(|| inner.clone()));
                    true
                }
                ("exists", [inner]) => self.learn(inner, &|shape| if holds { shape.present() } else { absent(&shape) }),
                ("boolean", [inner]) => self.assume(inner, holds),
                _ => true,
            },
            AstNode::Binary {
                op: BinaryOp::And,
                lhs,
                rhs,
            } => self.both(lhs, rhs, holds, true),
            AstNode::Binary {
                op: BinaryOp::Or,
                lhs,
                rhs,
            } => self.both(lhs, rhs, holds, false),
            AstNode::Binary {
                op: BinaryOp::Equal,
                lhs,
                rhs,
            } => self.equal(lhs, rhs, holds),
            AstNode::Binary {
                op: BinaryOp::NotEqual,
                lhs,
                rhs,
            } => self.differ(lhs, rhs, holds),
            AstNode::Path { .. } | AstNode::Variable(_) if holds => {
                self.learn(condition, &|shape| not_null(shape.present()))
            }
            _ => true,
        }
    }

    /// `and` that holds and `or` that does not say something about both sides.
    fn both(&mut self, lhs: &AstNode, rhs: &AstNode, holds: bool, conjunction: bool) -> bool {
        if holds == conjunction {
            return self.assume(lhs, holds) && self.assume(rhs, holds);
        }
        // One of the sides decides: it is possible if either is.
        let mut left = self.clone();
        let (left_possible, mut right) = (left.assume(lhs, holds), self.clone());
        // The right side was looked at only where the left did not decide.
        let right_possible = right.assume(lhs, !holds) && right.assume(rhs, holds);
        match (left_possible, right_possible) {
            (true, false) => *self = left,
            (false, true) => *self = right,
            (true, true) => self.joined(left, right),
            (false, false) => return false,
        }
        true
    }

    /// What is so in either case.
    fn joined(&mut self, left: Self, mut right: Self) {
        for (name, one) in left.variables {
            if let (Some(two), Some(own)) = (right.variables.remove(&name), self.variables.get_mut(&name)) {
                own.always = one.always && two.always;
                own.shape = one.shape.join(two.shape);
            }
        }
    }

    fn equal(&mut self, lhs: &AstNode, rhs: &AstNode, holds: bool) -> bool {
        let (path, constant) = if is_constant(lhs) { (rhs, lhs) } else { (lhs, rhs) };
        match constant {
            AstNode::Null if holds => self.learn(path, &|shape| only_null(&shape)),
            AstNode::Null => self.learn(path, &not_null),
            AstNode::String(text) if holds => self.learn(path, &|shape| only_text(&shape, text)),
            AstNode::String(text) => self.learn(path, &|shape| without_text(shape, text)),
            AstNode::Number(_) | AstNode::Boolean(_) if holds => self.learn(path, &Shape::present),
            _ => true,
        }
    }

    /// In JSONata `!=` is false, as `=` is, where one side is nothing: what differs is there.
    fn differ(&mut self, lhs: &AstNode, rhs: &AstNode, holds: bool) -> bool {
        let (path, constant) = if is_constant(lhs) { (rhs, lhs) } else { (lhs, rhs) };
        match constant {
            AstNode::Null if holds => self.learn(path, &|shape| not_null(shape.present())),
            AstNode::Null => self.learn(path, &|shape| {
                let nothing = if shape.may_be_missing() {
                    Shape::missing()
                } else {
                    Shape::impossible()
                };
                only_null(&shape).join(nothing)
            }),
            AstNode::String(text) if holds => self.learn(path, &|shape| without_text(shape.present(), text)),
            AstNode::String(text) => self.learn(path, &|shape| {
                let nothing = if shape.may_be_missing() {
                    Shape::missing()
                } else {
                    Shape::impossible()
                };
                only_text(&shape, text).join(nothing)
            }),
            _ => true,
        }
    }

    fn learn(&mut self, node: &AstNode, refine: &dyn Fn(Shape) -> Shape) -> bool {
        let refine = |shape: Shape| if shape == Shape::Any { shape } else { refine(shape) };
        plain(node).is_none_or(|path| self.refine(&path, &refine))
    }
}

/// `$a.b.c` as the names of its steps, if it is nothing more than that.
fn plain(node: &AstNode) -> Option<Vec<String>> {
    match node {
        AstNode::Variable(name) if !name.is_empty() => Some(vec![name.clone()]),
        AstNode::Path { steps } => steps
            .iter()
            .enumerate()
            .map(|(index, step)| match &step.node {
                AstNode::Variable(name) if index == 0 && !name.is_empty() && step.stages.is_empty() => {
                    Some(name.clone())
                }
                AstNode::Name(name) if index > 0 && step.stages.is_empty() => Some(name.clone()),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

/// Whether an expression gives the same each time it is evaluated with the same variables.
fn is_steady(node: &AstNode) -> bool {
    match node {
        AstNode::Variable(_) | AstNode::Name(_) => true,
        AstNode::Path { steps } => steps.iter().all(|step| {
            let filters = |stage: &Stage| matches!(stage, Stage::Filter(filter) if is_steady(filter));
            is_steady(&step.node) && step.stages.iter().all(filters)
        }),
        AstNode::Binary { op, lhs, rhs } => *op != BinaryOp::ColonEqual && is_steady(lhs) && is_steady(rhs),
        AstNode::Unary { operand, .. } => is_steady(operand),
        AstNode::Function { name, args, .. } => !CHANGES.contains(&name.as_str()) && args.iter().all(is_steady),
        AstNode::Block(nodes) | AstNode::Array(nodes) => nodes.iter().all(is_steady),
        other => is_constant(other),
    }
}

/// The functions that answer differently each time.
const CHANGES: [&str; 4] = ["millis", "now", "random", "uuid"];

fn is_constant(node: &AstNode) -> bool {
    matches!(
        node,
        AstNode::Null | AstNode::String(_) | AstNode::Number(_) | AstNode::Boolean(_)
    )
}
