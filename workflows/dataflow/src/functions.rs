//! What JSONata's functions give.
//!
//! Source: <https://docs.jsonata.org/overview>, "Function Library"; AWS developer guide, "JSONata functions provided by
//! Step Functions".

use crate::shape::Shape;

/// What a function does with an argument that is not there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absent {
    /// It gives nothing either.
    Propagates,
    /// It gives a value all the same.
    Matters,
}

type Row = (&'static str, fn() -> Shape, Absent);

const FUNCTIONS: &[Row] = &[
    ("abs", Shape::number, Absent::Propagates),
    ("average", Shape::number, Absent::Propagates),
    ("base64decode", Shape::text, Absent::Propagates),
    ("base64encode", Shape::text, Absent::Propagates),
    ("boolean", Shape::boolean, Absent::Propagates),
    ("ceil", Shape::number, Absent::Propagates),
    ("contains", Shape::boolean, Absent::Propagates),
    ("count", Shape::number, Absent::Matters),
    ("decodeUrl", Shape::text, Absent::Propagates),
    ("decodeUrlComponent", Shape::text, Absent::Propagates),
    ("encodeUrl", Shape::text, Absent::Propagates),
    ("encodeUrlComponent", Shape::text, Absent::Propagates),
    ("exists", Shape::boolean, Absent::Matters),
    ("floor", Shape::number, Absent::Propagates),
    ("formatBase", Shape::text, Absent::Propagates),
    ("formatInteger", Shape::text, Absent::Propagates),
    ("formatNumber", Shape::text, Absent::Propagates),
    ("fromMillis", Shape::moment, Absent::Propagates),
    ("hash", Shape::text, Absent::Propagates),
    ("join", Shape::text, Absent::Propagates),
    ("keys", names, Absent::Propagates),
    ("length", Shape::number, Absent::Propagates),
    ("lowercase", Shape::text, Absent::Propagates),
    ("max", Shape::number, Absent::Propagates),
    ("millis", Shape::number, Absent::Matters),
    ("min", Shape::number, Absent::Propagates),
    ("not", Shape::boolean, Absent::Propagates),
    ("now", Shape::moment, Absent::Matters),
    ("number", Shape::number, Absent::Propagates),
    ("pad", Shape::text, Absent::Propagates),
    ("power", Shape::number, Absent::Propagates),
    ("random", Shape::number, Absent::Matters),
    ("replace", Shape::text, Absent::Propagates),
    ("round", Shape::number, Absent::Propagates),
    ("split", texts, Absent::Propagates),
    ("sqrt", Shape::number, Absent::Propagates),
    ("string", Shape::text, Absent::Propagates),
    ("substring", Shape::text, Absent::Propagates),
    ("substringAfter", Shape::text, Absent::Propagates),
    ("substringBefore", Shape::text, Absent::Propagates),
    ("sum", Shape::number, Absent::Propagates),
    ("toMillis", Shape::number, Absent::Propagates),
    ("trim", Shape::text, Absent::Propagates),
    ("type", Shape::text, Absent::Propagates),
    ("uppercase", Shape::text, Absent::Propagates),
    ("uuid", Shape::text, Absent::Matters),
];

/// The result of a function of the language that always gives the same kind, and what it does without its first
/// argument. `None`: nothing is known of it.
pub(crate) fn result(name: &str) -> Option<(Shape, Absent)> {
    let row = FUNCTIONS.binary_search_by_key(&name, |row| row.0).ok()?;
    let (_, shape, absent) = FUNCTIONS[row];
    Some((shape(), absent))
}

/// What keys collapses to when there is one.
fn names() -> Shape {
    texts().join(Shape::text()).or_missing()
}

fn texts() -> Shape {
    Shape::list(Shape::text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        assert!(FUNCTIONS.is_sorted_by_key(|row| row.0));
        assert_eq!(result("uuid").map(|row| row.0), Some(Shape::text()));
        assert!(result("map").is_none());
    }
}
