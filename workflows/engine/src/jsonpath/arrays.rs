//! The intrinsic functions for arrays.

use serde_json::Value;

use super::call::Outcome;
use super::numbers::integer;
use super::path::element;

/// The most elements that `States.ArrayRange` makes.
///
/// Source: Step Functions Developer Guide, "Intrinsics for arrays".
const LONGEST_RANGE: i64 = 1000;

pub(super) fn array(value: &Value) -> Result<&Vec<Value>, String> {
    value
        .as_array()
        .ok_or_else(|| "The first argument must be an array".to_owned())
}

pub(super) fn partition(items: &Value, size: &Value) -> Outcome {
    let items = array(items)?;
    let size = usize::try_from(integer(size)?).ok().filter(|size| *size > 0);
    let size = size.ok_or("The chunk size must be a positive integer")?;
    Ok(items.chunks(size).map(<[Value]>::to_vec).map(Value::Array).collect())
}

pub(super) fn contains(items: &Value, value: &Value) -> Outcome {
    Ok(array(items)?.iter().any(|item| same(item, value)).into())
}

pub(super) fn range(first: &Value, last: &Value, step: &Value) -> Outcome {
    let (first, last, step) = (integer(first)?, integer(last)?, integer(step)?);
    if step == 0 {
        return Err("The increment must not be 0".into());
    }
    let width = last.checked_sub(first);
    // The least number divided by -1 is none of ours.
    let count = width.and_then(|width| width.checked_div(step)).unwrap_or(i64::MAX);
    if count >= LONGEST_RANGE {
        return Err(format!("The range must not have more than {LONGEST_RANGE} elements"));
    }
    // A range against its own direction is empty.
    let empty = (last < first && step > 0) || (last > first && step < 0);
    let count = if empty { -1 } else { count };
    Ok((0..=count).map(|index| first + index * step).collect())
}

pub(super) fn get_item(items: &Value, index: &Value) -> Outcome {
    let items = array(items)?;
    let index = integer(index)?;
    let found = if index < 0 { None } else { element(items, index) };
    found.cloned().ok_or_else(|| {
        format!(
            "The index {index} is out of bounds for an array of {} elements",
            items.len()
        )
    })
}

pub(super) fn length(items: &Value) -> Outcome {
    Ok(array(items)?.len().into())
}

pub(super) fn unique(items: &Value) -> Outcome {
    let mut unique: Vec<Value> = Vec::new();
    for item in array(items)? {
        if !unique.iter().any(|seen| same(seen, item)) {
            unique.push(item.clone());
        }
    }
    Ok(unique.into())
}

/// Equality of JSON, numbers by value.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => a == b,
            _ => a.as_f64() == b.as_f64(),
        },
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => left == right,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    proptest! {
        #[test]
        fn partitions_join_to_the_array(items in prop::collection::vec(any::<i32>(), 0..30), size in 1..8_usize) {
            let chunks = partition(&json!(items), &json!(size)).unwrap();
            let chunks = chunks.as_array().unwrap();
            let joined: Vec<Value> = chunks.iter().flat_map(|chunk| chunk.as_array().unwrap().clone()).collect();
            prop_assert_eq!(json!(joined), json!(items));
            prop_assert!(chunks.iter().rev().skip(1).all(|chunk| chunk.as_array().unwrap().len() == size));
        }

        #[test]
        fn ranges_stay_within_their_ends(first in -500..500_i64, last in -500..500_i64, step in -20..20_i64) {
            prop_assume!(step != 0);
            let range = range(&json!(first), &json!(last), &json!(step)).unwrap();
            let (low, high) = (first.min(last), first.max(last));
            prop_assert!(range.as_array().unwrap().iter().all(|n| (low..=high).contains(&n.as_i64().unwrap())));
        }
    }

    #[test]
    fn numbers_are_the_same_by_value() {
        assert!(same(&json!([1, { "a": 2.0 }]), &json!([1.0, { "a": 2 }])));
        assert!(!same(&json!("1"), &json!(1)));
        assert_eq!(range(&json!(3), &json!(1), &json!(1)), Ok(json!([])));
        assert!(range(&json!(0), &json!(i64::MIN), &json!(-1)).is_err());
        assert!(range(&json!(i64::MIN), &json!(i64::MAX), &json!(1)).is_err());
    }
}
