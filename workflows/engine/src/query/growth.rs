//! Keeping values small while they are made.
//!
//! The evaluator bounds depth, time and the length of sequences, but not the size of a text, nor of an array that an array
//! constructor makes: `$s & $s` in a recursion doubles a text until the machine has no memory left, long before the time
//! limit. So where an expression could repeat itself, what it makes is measured. The measure is a function that returns its
//! argument; its names hold a space, which no expression can write.

use jsonata_core::ast::{AstNode, BinaryOp};
use jsonata_core::evaluator::{Evaluator, EvaluatorError};
use jsonata_core::value::JValue;

use super::bounds::{Budget, Exceeded, MEMORY, MEMORY_TEXT, SCALAR};
use super::children::{any, each_child, each_child_mut};
use super::host::builtin;

/// Refuses a text or array that is too long.
const SIZED: &str = " sized";
/// Refuses a value that holds too much altogether.
const WEIGHED: &str = " weighed";
/// Refuses a width to which no text may be padded.
const WIDTH: &str = " width";
/// `$replace`, where it does not make a text too long.
const REPLACE: &str = "replace ";

/// Whether a value is small enough.
type Measure = fn(&JValue) -> bool;

/// An expression without functions of its own makes at most as many values as it has operators. With fewer than these,
/// even doubling at each keeps within the memory limit's order of magnitude.
const HARMLESS: usize = 8;

/// The expression with its growing parts measured, and whether there are any.
pub(super) fn measured(mut ast: AstNode) -> (AstNode, bool) {
    let repeats = any(&ast, &|node| matches!(node, AstNode::Lambda { .. }));
    let measured =
        any(&ast, &multiplies) || (repeats && any(&ast, &|node| grows(node) || writes(node))) || count(&ast) > HARMLESS;
    if measured {
        measure(&mut ast);
    }
    (ast, measured)
}

/// Makes the measures callable.
pub(super) fn register(evaluator: &mut Evaluator) {
    let measures: [(&str, Measure); 3] = [
        (SIZED, is_sized),
        (WEIGHED, |value| weigh(value, &mut Budget::new()).is_ok()),
        (WIDTH, is_width),
    ];
    for (name, allows) in measures {
        let measure = move |args: &[JValue]| match args {
            [value] if allows(value) => Ok(value.clone()),
            _ => Err(too_much()),
        };
        evaluator.register_fn(name, measure).expect(NO_SPACE);
    }
    let replace = |args: &[JValue]| {
        if is_replacement(args) {
            builtin("replace", args)
        } else {
            Err(too_much())
        }
    };
    evaluator.register_fn(REPLACE, replace).expect(NO_SPACE);
}

/// Why no function has these names already.
const NO_SPACE: &str = "no function of JSONata has a space in its name";

fn too_much() -> EvaluatorError {
    EvaluatorError::EvaluationError(MEMORY_TEXT.to_owned())
}

fn is_sized(value: &JValue) -> bool {
    match value {
        JValue::String(text) => text.len() <= MEMORY,
        JValue::Array(items) => items.len() <= MEMORY / SCALAR,
        _ => true,
    }
}

#[expect(clippy::cast_precision_loss, reason = "the limit fits an f64 exactly")]
fn is_width(value: &JValue) -> bool {
    value.as_f64().is_none_or(|width| width.abs() <= MEMORY as f64)
}

/// Texts replace exactly; of a pattern's matches, each may be as short as one character.
fn is_replacement(args: &[JValue]) -> bool {
    let [JValue::String(text), replaced, JValue::String(replacement), ..] = args else {
        return true;
    };
    let (count, limit) = match replaced {
        JValue::String(replaced) if !replaced.is_empty() => (text.matches(&**replaced).count(), MEMORY),
        _ => (text.len() + 1, MEMORY * 100),
    };
    count.saturating_mul(replacement.len()) <= limit
}

fn weigh(value: &JValue, budget: &mut Budget) -> Result<(), Exceeded> {
    match value {
        JValue::String(text) => budget.spend(text.len()),
        JValue::Array(items) => items.iter().try_for_each(|item| {
            budget.spend(1)?;
            weigh(item, budget)
        }),
        JValue::Object(fields) => fields.iter().try_for_each(|(key, value)| {
            budget.spend(key.len() + 1)?;
            weigh(value, budget)
        }),
        _ => budget.spend(SCALAR),
    }
}

/// A part that makes a value larger than those it is made of.
fn grows(node: &AstNode) -> bool {
    matches!(
        node,
        AstNode::Array(_)
            | AstNode::Binary {
                op: BinaryOp::Concatenate,
                ..
            }
    )
}

/// A call that makes one text of all that a value holds.
fn writes(node: &AstNode) -> bool {
    matches!(node, AstNode::Function { name, .. } if name == "join" || name == "string")
}

/// A call that pads to a width, or replaces with a text, that is not written down.
fn multiplies(node: &AstNode) -> bool {
    let AstNode::Function { name, args, .. } = node else {
        return false;
    };
    match (name.as_str(), args.as_slice()) {
        ("pad", [_, AstNode::Number(width), ..]) => *width > 1e6,
        ("replace", [_, _, AstNode::String(_) | AstNode::Lambda { .. }, ..]) => false,
        // With two arguments the text is the context, which only the evaluator knows.
        ("pad", _) | ("replace", [_, _, _, ..]) => true,
        _ => false,
    }
}

fn count(node: &AstNode) -> usize {
    let mut total = usize::from(grows(node));
    each_child(node, &mut |child| total += count(child));
    total
}

/// Measures a part and all below it.
fn measure(node: &mut AstNode) {
    measure_below(node);
    if grows(node) {
        wrap(node, SIZED);
    }
}

/// Measures what is below a part. How an array constructor nests in another one, or stands in a path, depends on its being
/// one: those are left as they are.
fn measure_below(node: &mut AstNode) {
    match node {
        AstNode::Path { .. } | AstNode::Array(_) | AstNode::ArrayGroup(_) | AstNode::FunctionApplication(_) => {
            each_child_mut(node, &mut |child| {
                if is_array(child) {
                    measure_below(child);
                } else {
                    measure(child);
                }
            });
        }
        _ => each_child_mut(node, &mut measure),
    }
    let replaces = multiplies(node);
    let AstNode::Function { name, args, .. } = node else {
        return;
    };
    if replaces && name == "replace" {
        REPLACE.clone_into(name);
    }
    match (name.as_str(), args.as_mut_slice()) {
        ("join" | "string", [first, ..]) => wrap(first, WEIGHED),
        ("pad", [_, width, ..]) => wrap(width, WIDTH),
        _ => {}
    }
}

fn is_array(node: &AstNode) -> bool {
    matches!(node, AstNode::Array(_))
}

fn wrap(node: &mut AstNode, measure: &str) {
    let value = std::mem::replace(node, AstNode::Null);
    *node = AstNode::Function {
        name: measure.to_owned(),
        args: vec![value],
        is_builtin: true,
    };
}
