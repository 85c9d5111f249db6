//! Steps that lead to one value each, and what is said where they do not.

use asl::path::{Step, segment};
use serde_json::Value;

use super::Missing;
use crate::query::type_name;

/// Follows steps that lead to one value each.
pub(super) fn walk<'a>(root: &'a Value, steps: &[Step]) -> Result<&'a Value, Missing> {
    let mut value = root;
    for (taken, step) in steps.iter().enumerate() {
        let next = match (step, value) {
            (Step::Name(name), Value::Object(members)) => members.get(name),
            (Step::Index(index), Value::Array(items)) => element(items, *index),
            _ => return Err(unfit(step, value, &steps[..taken])),
        };
        value = next.ok_or_else(|| missing(step, &steps[..=taken], taken + 1 == steps.len()))?;
    }
    Ok(value)
}

/// The element with this index; negative ones count from the end.
pub(in crate::jsonpath) fn element(items: &[Value], index: i64) -> Option<&Value> {
    let place = usize::try_from(index.unsigned_abs()).ok()?;
    match index {
        0.. => items.get(place),
        _ => items.get(items.len().checked_sub(place)?),
    }
}

fn written(steps: &[Step]) -> String {
    std::iter::once("$".to_owned())
        .chain(steps.iter().map(segment))
        .collect()
}

fn missing(step: &Step, upto: &[Step], last: bool) -> Missing {
    let upto = written(upto);
    Missing(match step {
        Step::Name(_) if !last => format!("Missing property in path {upto}"),
        _ => format!("No results for path: {upto}"),
    })
}

fn unfit(step: &Step, value: &Value, before: &[Step]) -> Missing {
    let before = written(before);
    Missing(match (step, value) {
        (_, Value::Null) => format!("The path {before} is null"),
        (Step::Name(name), _) => {
            format!(
                "Expected to find an object with property ['{name}'] in path {before} but found '{}'",
                type_name(value)
            )
        }
        _ => format!(
            "Filter: {} can only be applied to arrays. Current context is: {value}",
            segment(step)
        ),
    })
}
