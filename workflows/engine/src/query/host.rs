//! Functions that the engine itself answers when an expression calls them.

use std::rc::Rc;

use jiff::Timestamp;
use jsonata_core::ast::AstNode;
use jsonata_core::evaluator::{Context, Evaluator, EvaluatorError};
use jsonata_core::value::JValue;

use super::ambient::{from_millis, millis, now, random, shuffle, to_millis, uuid};
use super::bounds;
use super::children::any;
use super::functions::{hash, parse, partition, range};
use super::{Random, Scope};

/// What the functions of one evaluation take from its scope.
pub(super) struct Ambient {
    pub(super) now: Timestamp,
    pub(super) random: Random,
}

impl Ambient {
    pub(super) fn new(scope: &Scope<'_>) -> Self {
        Self {
            now: scope.now,
            random: Random::new(scope.random.state()),
        }
    }
}

/// What a function answers.
pub(super) type Outcome = Result<JValue, EvaluatorError>;

/// A function that this engine answers.
#[derive(Clone, Copy)]
pub(super) struct HostFunction {
    name: &'static str,
    /// How many arguments it takes at most.
    arity: usize,
    /// Whether a call in the expression has more arguments than that, and must fail for it. A function that `$map` and its
    /// like apply is given more as a matter of course, and ignores them.
    overfull: bool,
    call: fn(&Ambient, &[JValue]) -> Outcome,
}

impl std::fmt::Debug for HostFunction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "${}", self.name)
    }
}

/// Every function, by name.
const FUNCTIONS: &[HostFunction] = &[
    HostFunction::new("eval", 2, |_, _| {
        Err(error("T1006: Attempted to invoke a non-function"))
    }),
    HostFunction::new("fromMillis", 3, |_, args| from_millis(args)),
    HostFunction::new("hash", 2, |_, args| hash(args)),
    HostFunction::new("millis", 0, millis),
    HostFunction::new("now", 2, now),
    HostFunction::new("parse", 1, |_, args| parse(args)),
    HostFunction::new("partition", 2, |_, args| partition(args)),
    HostFunction::new("random", 1, random),
    HostFunction::new("range", 3, |_, args| range(args)),
    HostFunction::new("shuffle", 1, shuffle),
    HostFunction::new("toMillis", 2, to_millis),
    HostFunction::new("uuid", 0, uuid),
];

impl HostFunction {
    const fn new(name: &'static str, arity: usize, call: fn(&Ambient, &[JValue]) -> Outcome) -> Self {
        Self {
            name,
            arity,
            overfull: false,
            call,
        }
    }

    /// The functions that an expression calls or names.
    pub(super) fn used_by(ast: &AstNode) -> Vec<Self> {
        let named = FUNCTIONS
            .iter()
            .filter(|function| any(ast, &|node| function.is_named_by(node)));
        let named = named.filter(|function| function.name != "toMillis" || !any(ast, &takes_context));
        named
            .map(|function| Self {
                overfull: any(ast, &|node| function.is_overfull_in(node)),
                ..*function
            })
            .collect()
    }

    fn is_named_by(&self, node: &AstNode) -> bool {
        matches!(node, AstNode::Function { name, .. } | AstNode::Variable(name) if name == self.name)
    }

    fn is_overfull_in(&self, node: &AstNode) -> bool {
        matches!(node, AstNode::Function { name, args, .. } if name == self.name && args.len() > self.arity)
    }

    /// Makes the function callable.
    pub(super) fn register(self, evaluator: &mut Evaluator, ambient: &Rc<Ambient>) {
        let ambient = Rc::clone(ambient);
        evaluator
            .register_fn_override(self.name, move |args: &[JValue]| {
                let taken = if self.overfull {
                    args.len()
                } else {
                    args.len().min(self.arity)
                };
                (self.call)(&ambient, &args[..taken])
            })
            .expect("none of these functions is one that the evaluator compiles");
    }
}

/// A call of `$toMillis` that takes its argument from the context, which no function of the engine sees. It has no picture,
/// so the evaluator's own answer depends on no clock.
fn takes_context(node: &AstNode) -> bool {
    matches!(node, AstNode::Function { name, args, .. } if name == "toMillis" && args.is_empty())
}

pub(super) fn error(text: impl Into<String>) -> EvaluatorError {
    EvaluatorError::EvaluationError(text.into())
}

/// JSONata's error for an argument of the wrong type, and for one too many.
pub(super) fn signature(function: &str, argument: usize) -> EvaluatorError {
    error(format!(
        "T0410: Argument {argument} of function \"{function}\" does not match function signature"
    ))
}

/// A call's arguments, an undefined one as `None`.
pub(super) fn arguments<'a, const N: usize>(
    function: &str,
    args: &'a [JValue],
) -> Result<[Option<&'a JValue>; N], EvaluatorError> {
    if args.get(N).is_some_and(|surplus| !surplus.is_undefined()) {
        return Err(signature(function, N + 1));
    }
    Ok(std::array::from_fn(|index| {
        args.get(index).filter(|value| !value.is_undefined())
    }))
}

/// Calls one of JSONata's own functions.
pub(super) fn builtin(name: &str, args: &[JValue]) -> Outcome {
    let mut context = Context::new();
    let mut variables = Vec::with_capacity(args.len());
    for (index, argument) in args.iter().enumerate() {
        context.bind(index.to_string(), argument.clone());
        variables.push(AstNode::variable(index.to_string()));
    }
    let call = AstNode::Function {
        name: name.to_owned(),
        args: variables,
        is_builtin: true,
    };
    Evaluator::with_options(context, bounds::options()).evaluate(&call, &JValue::Undefined)
}

/// A number, cut towards zero.
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, as Java's does")]
pub(super) fn integer(function: &str, position: usize, argument: Option<&JValue>) -> Result<i64, EvaluatorError> {
    let number = argument
        .and_then(JValue::as_f64)
        .ok_or_else(|| signature(function, position))?;
    Ok(number as i64)
}
