//! The functions that Step Functions adds to JSONata.
//!
//! Rules and error texts are AWS's as measured in public issues (floci-io/floci #2662 and #2676): a number is cut towards
//! zero, a surplus argument is a `T0410`.

use jsonata_core::value::JValue;
use serde_json::Value;

use super::convert::to_evaluator;
use super::host::{Outcome, arguments, error, integer, signature};
use super::references::Need;
use super::{bounds, hash_hex};

/// `$parse(text)`: the JSON value that a text holds.
pub(super) fn parse(args: &[JValue]) -> Outcome {
    let [text] = arguments("parse", args)?;
    let Some(text) = text else { return Ok(JValue::Undefined) };
    let text = text.as_str().ok_or_else(|| signature("parse", 1))?;
    let value: Value = serde_json::from_str(text).map_err(|_| error("D3137: Invalid JSON"))?;
    Ok(to_evaluator(&value, &Need::All))
}

/// `$partition(array, size)`: chunks of `size` items, the last one with what remains. One chunk without a size; nothing
/// for no items and for a size of zero.
pub(super) fn partition(args: &[JValue]) -> Outcome {
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
pub(super) fn range(args: &[JValue]) -> Outcome {
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
pub(super) fn hash(args: &[JValue]) -> Outcome {
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
