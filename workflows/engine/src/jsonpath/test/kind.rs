//! The types that values are compared as, and how.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use crate::jsonpath::arrays::same;
use crate::wait::instant;

/// The types that values are compared as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Numeric,
    String,
    Boolean,
    Timestamp,
}

/// The kinds by the word in the operators' names.
const KINDS: &[(&str, Kind)] = &[
    ("Null", Kind::Null),
    ("Numeric", Kind::Numeric),
    ("String", Kind::String),
    ("Boolean", Kind::Boolean),
    ("Timestamp", Kind::Timestamp),
];

/// Whether a comparison comes out as the operator says.
pub(super) type Order = fn(Ordering) -> bool;

/// The comparisons by what follows the kind in the operators' names.
const ORDERS: &[(&str, Order)] = &[
    ("Equals", Ordering::is_eq),
    ("LessThan", Ordering::is_lt),
    ("GreaterThan", Ordering::is_gt),
    ("LessThanEquals", Ordering::is_le),
    ("GreaterThanEquals", Ordering::is_ge),
];

/// The kind and the order of a comparing operator, without `Path` at its end.
pub(super) fn comparison(operator: &str) -> Option<(Kind, Order)> {
    KINDS.iter().find_map(|(word, kind)| {
        let rest = operator.strip_prefix(word)?;
        let (_, order) = ORDERS.iter().find(|(known, _)| *known == rest)?;
        Some((*kind, *order))
    })
}

impl Kind {
    /// The kind of this word.
    pub(super) fn named(word: &str) -> Option<Self> {
        KINDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
    }

    /// Whether a value is of this kind.
    pub(super) fn fits(self, value: &Value) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Numeric => value.is_number(),
            Self::String => value.is_string(),
            Self::Boolean => value.is_boolean(),
            Self::Timestamp => time(value).is_some(),
        }
    }

    /// How two values of this kind compare; `None` if one of them is of another kind.
    pub(super) fn compare(self, left: &Value, right: &Value) -> Option<Ordering> {
        match self {
            Self::Null => None,
            Self::Numeric if !left.is_number() || !right.is_number() => None,
            Self::Numeric if same(left, right) => Some(Ordering::Equal),
            Self::Numeric => match (left.as_i64(), right.as_i64()) {
                (Some(left), Some(right)) => Some(left.cmp(&right)),
                _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
            },
            // As Java compares: by UTF-16 code units.
            Self::String => Some(left.as_str()?.encode_utf16().cmp(right.as_str()?.encode_utf16())),
            Self::Boolean => Some(left.as_bool()?.cmp(&right.as_bool()?)),
            Self::Timestamp => Some(time(left)?.cmp(&time(right)?)),
        }
    }
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str().and_then(instant)
}
