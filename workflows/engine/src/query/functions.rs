//! The functions that Step Functions adds to JSONata, and those whose answer must not come from this machine.
//!
//! Rules and error texts of `$parse`, `$partition`, `$range`, `$hash`, `$random` and `$uuid` are AWS's as measured in
//! public issues (floci-io/floci #2662 and #2676): a number is cut towards zero, a surplus argument is a `T0410`.

use std::rc::Rc;

use jiff::Timestamp;
use jsonata_core::ast::AstNode;
use jsonata_core::evaluator::{Context, Evaluator, EvaluatorError};
use jsonata_core::value::JValue;
use serde_json::Value;

use super::bounds;
use super::children::any;
use super::convert::to_evaluator;
use super::references::Need;
use super::{Random, Scope, hash_hex, seeded};

/// What the functions of one evaluation take from its scope.
pub(super) struct Ambient {
    now: Timestamp,
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

type Outcome = Result<JValue, EvaluatorError>;

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
    HostFunction::new("hash", 2, |_, args| hash(args)),
    HostFunction::new("millis", 0, millis),
    HostFunction::new("now", 2, now),
    HostFunction::new("parse", 1, |_, args| parse(args)),
    HostFunction::new("partition", 2, |_, args| partition(args)),
    HostFunction::new("random", 1, random),
    HostFunction::new("range", 3, |_, args| range(args)),
    HostFunction::new("shuffle", 1, shuffle),
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

fn error(text: impl Into<String>) -> EvaluatorError {
    EvaluatorError::EvaluationError(text.into())
}

/// JSONata's error for an argument of the wrong type, and for one too many.
fn signature(function: &str, argument: usize) -> EvaluatorError {
    error(format!(
        "T0410: Argument {argument} of function \"{function}\" does not match function signature"
    ))
}

/// A call's arguments, an undefined one as `None`.
fn arguments<'a, const N: usize>(
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
fn builtin(name: &str, args: &[JValue]) -> Outcome {
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
fn integer(function: &str, position: usize, argument: Option<&JValue>) -> Result<i64, EvaluatorError> {
    let number = argument
        .and_then(JValue::as_f64)
        .ok_or_else(|| signature(function, position))?;
    Ok(number as i64)
}

/// `$now(picture?, timezone?)`: the scope's time, which one evaluation sees standing still.
fn now(ambient: &Ambient, args: &[JValue]) -> Outcome {
    let [picture, timezone] = arguments("now", args)?;
    let mut from_millis = vec![millis(ambient, &[])?];
    from_millis.extend([picture, timezone].map(|argument| argument.cloned().unwrap_or(JValue::Undefined)));
    builtin("fromMillis", &from_millis)
}

/// `$millis()`.
#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of jiff's years fit an f64 exactly"
)]
fn millis(ambient: &Ambient, args: &[JValue]) -> Outcome {
    let [] = arguments("millis", args)?;
    Ok(JValue::Number(ambient.now.as_millisecond() as f64))
}

/// `$random(seed?)`: a number in `[0, 1)`; always the same one for a seed.
fn random(ambient: &Ambient, args: &[JValue]) -> Outcome {
    let [seed] = arguments("random", args)?;
    Ok(JValue::Number(match seed {
        None => ambient.random.next_f64(),
        seed => seeded(integer("random", 1, seed)?),
    }))
}

/// `$uuid()`.
fn uuid(ambient: &Ambient, args: &[JValue]) -> Outcome {
    let [] = arguments("uuid", args)?;
    Ok(JValue::string(ambient.random.next_uuid()))
}

/// `$shuffle(array)`: Fisher and Yates, from the scope's numbers.
fn shuffle(ambient: &Ambient, args: &[JValue]) -> Outcome {
    let [array] = arguments("shuffle", args)?;
    let Some(array) = array else {
        return Ok(JValue::Undefined);
    };
    let mut items = array.as_array().cloned().unwrap_or_else(|| vec![array.clone()]);
    for last in (1..items.len()).rev() {
        let below = (u128::from(ambient.random.next_u64()) * (last as u128 + 1)) >> 64;
        items.swap(last, usize::try_from(below).expect("less than the number of items"));
    }
    Ok(JValue::array(items))
}

/// `$parse(text)`: the JSON value that a text holds.
fn parse(args: &[JValue]) -> Outcome {
    let [text] = arguments("parse", args)?;
    let Some(text) = text else { return Ok(JValue::Undefined) };
    let text = text.as_str().ok_or_else(|| signature("parse", 1))?;
    let value: Value = serde_json::from_str(text).map_err(|_| error("D3137: Invalid JSON"))?;
    Ok(to_evaluator(&value, &Need::All))
}

/// `$partition(array, size)`: chunks of `size` items, the last one with what remains. One chunk without a size; nothing
/// for no items and for a size of zero.
fn partition(args: &[JValue]) -> Outcome {
    let [array, size] = arguments("partition", args)?;
    let Some(array) = array else {
        return Ok(JValue::Undefined);
    };
    let wrong = || error("T0412: Argument 1 of function \"partition\" must be an array of undefined");
    let items = array.as_array().ok_or_else(wrong)?;
    let size = match size {
        None => items.len(),
        size => usize::try_from(integer("partition", 2, size)?)
            .map_err(|_| error("D3137: Second argument must be zero or greater"))?,
    };
    if items.is_empty() || size == 0 {
        return Ok(JValue::Undefined);
    }
    Ok(JValue::array(
        items.chunks(size).map(|chunk| JValue::array(chunk.to_vec())).collect(),
    ))
}

/// `$range(start, end, step)`: `end` included when a step lands on it. Nothing without a step, for a step of zero and for
/// one that leads away from `end`; a single number is no array.
#[expect(clippy::cast_precision_loss, reason = "JSONata's numbers are f64")]
fn range(args: &[JValue]) -> Outcome {
    let [start, end, step] = arguments("range", args)?;
    let start = integer("range", 1, start)?;
    let end = integer("range", 2, end)?;
    let Some(step) = step else { return Ok(JValue::Undefined) };
    let step = integer("range", 3, Some(step))?;
    if step == 0 || (step > 0 && start > end) || (step < 0 && start < end) {
        return Ok(JValue::Undefined);
    }
    let count = (i128::from(end) - i128::from(start)) / i128::from(step) + 1;
    if count > bounds::RANGE as i128 {
        return Err(error(bounds::MEMORY_TEXT));
    }
    let item = |index| JValue::Number((i128::from(start) + index * i128::from(step)) as f64);
    Ok(if start == end {
        item(0)
    } else {
        JValue::array((0..count).map(item).collect())
    })
}

/// `$hash(text, algorithm)`: the digest of the UTF-8 bytes in lowercase hex.
fn hash(args: &[JValue]) -> Outcome {
    let [text, algorithm] = arguments("hash", args)?;
    let text = text.and_then(JValue::as_str).ok_or_else(|| signature("hash", 1))?;
    let Some(algorithm) = algorithm else {
        return Ok(JValue::Undefined);
    };
    let algorithm = algorithm.as_str().ok_or_else(|| signature("hash", 2))?;
    let digest = hash_hex(text.as_bytes(), algorithm).ok_or_else(|| {
        error(format!(
            "D3137: Hash algorithm '{algorithm}' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5"
        ))
    })?;
    Ok(JValue::string(digest))
}
