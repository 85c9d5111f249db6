//! Finding the part of an expression that an error came from, and the values it met there.
//!
//! Only a failed evaluation is diagnosed, by evaluating parts of the expression once more. What a function's parameters or
//! a path's context item held is not known any more: a part that needs them is out of reach.

use std::cell::Cell;

use jsonata_core::ast::{AstNode, BinaryOp, UnaryOp};
use jsonata_core::value::JValue;
use serde_json::Value;

use super::bounds::Budget;
use super::children::each_child;
use super::convert::from_evaluator;

/// How many parts are evaluated again at most.
const ATTEMPTS: usize = 64;

/// The functions that apply another one: an error out of them is rather that one's.
const APPLYING: &[&str] = &["each", "filter", "map", "reduce", "sift", "single", "sort"];

/// A failed expression.
pub(super) struct Diagnosis<'a> {
    root: &'a AstNode,
    text: &'a str,
    /// Evaluates a part: its value, or the error's text.
    evaluate: &'a dyn Fn(&AstNode) -> Result<JValue, String>,
    attempts: Cell<usize>,
}

impl<'a> Diagnosis<'a> {
    pub(super) fn new(
        root: &'a AstNode,
        text: &'a str,
        evaluate: &'a dyn Fn(&AstNode) -> Result<JValue, String>,
    ) -> Self {
        Self {
            root,
            text,
            evaluate,
            attempts: Cell::new(ATTEMPTS),
        }
    }

    /// The name of the function whose arguments were refused.
    pub(super) fn function(&self, message: &str) -> Option<String> {
        let culprit = self.culprit();
        let mut calls = Vec::new();
        collect_calls(culprit, &mut calls);
        // Calls are collected inside out: one that is applied by another, or stands in a path, comes first.
        let applied = calls.iter().find(|name| !APPLYING.contains(*name));
        let count = message.contains("count mismatch");
        let own = match culprit {
            AstNode::Function { name, .. } if (count || applied.is_none()) && !name.starts_with(' ') => {
                Some(name.trim_end())
            }
            _ => None,
        };
        own.or(applied.copied()).or(calls.first().copied()).map(str::to_owned)
    }

    /// The operator and both sides of a comparison that failed.
    pub(super) fn comparison(&self) -> Option<(&'static str, Value, Value)> {
        let AstNode::Binary { op, lhs, rhs } = self.culprit() else {
            return None;
        };
        let operator = match op {
            BinaryOp::LessThan => "<",
            BinaryOp::LessThanOrEqual => "<=",
            BinaryOp::GreaterThan => ">",
            BinaryOp::GreaterThanOrEqual => ">=",
            _ => return None,
        };
        Some((operator, self.value(lhs)?, self.value(rhs)?))
    }

    /// What could not be negated.
    pub(super) fn operand(&self) -> Option<Value> {
        match self.culprit() {
            AstNode::Unary {
                op: UnaryOp::Negate,
                operand,
            } => self.value(operand),
            _ => None,
        }
    }

    /// The first argument of the function that failed.
    pub(super) fn first_argument(&self) -> Option<Value> {
        match self.culprit() {
            AstNode::Function { args, .. } => self.value(args.first()?),
            _ => None,
        }
    }

    /// The innermost part that fails alone with the same text.
    fn culprit(&self) -> &'a AstNode {
        let mut culprit = self.root;
        loop {
            let mut failing = None;
            each_child(culprit, &mut |child| {
                let known = failing.is_some() || matches!(child, AstNode::Lambda { .. });
                if !known && self.fails_alike(child) {
                    failing = Some(child);
                }
            });
            match failing {
                Some(child) => culprit = child,
                None => return culprit,
            }
        }
    }

    fn fails_alike(&self, part: &AstNode) -> bool {
        self.attempt(part)
            .is_some_and(|result| result.is_err_and(|text| text == self.text))
    }

    fn value(&self, part: &AstNode) -> Option<Value> {
        let value = self.attempt(part)?.ok()?;
        from_evaluator(&value, &mut Budget::new()).ok()?
    }

    fn attempt(&self, part: &AstNode) -> Option<Result<JValue, String>> {
        self.attempts.set(self.attempts.get().checked_sub(1)?);
        Some((self.evaluate)(part))
    }
}

/// The names of the functions called in a part, inner calls before outer ones.
fn collect_calls<'a>(node: &'a AstNode, calls: &mut Vec<&'a str>) {
    each_child(node, &mut |child| collect_calls(child, calls));
    // A name that begins with a space is a measure that the engine put there; one that ends with a space, a function it
    // put in the place of JSONata's.
    if let AstNode::Function { name, .. } = node
        && !name.starts_with(' ')
    {
        calls.push(name.trim_end());
    }
}
