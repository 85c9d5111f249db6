//! What random workflows are given.

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

/// Five ways to write one instant, and one to write the next.
pub(crate) const SPELLINGS: [&str; 6] = [
    "2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00.000+00:00",
    "2026-01-01T01:00:00+01:00",
    "2025-12-31T18:30:00.000-05:30",
    "2026-01-01T00:00:00.000000Z",
    "2026-01-01T00:00:00.001Z",
];

/// An order: every number and every absence, of records too that have a default.
pub(crate) fn input() -> impl Strategy<Value = Value> {
    let maybe = || {
        prop_oneof![
            Just(None),
            Just(Some(Value::Null)),
            (0..9_u32).prop_map(|n| Some(json!(n)))
        ]
    };
    let list = || vec(0..9_u32, 0..4).prop_map(|list| json!(list));
    let lines = proptest::option::of(list());
    let extra = prop_oneof![Just(None), Just(Some(Value::Null)), list().prop_map(Some)];
    let copies = proptest::option::of(0..9_u32).prop_map(|copies| copies.map(|copies| json!(copies)));
    let time = || {
        let time = (0..SPELLINGS.len()).prop_map(|at| Some(json!(SPELLINGS[at])));
        prop_oneof![1 => Just(None), 1 => Just(Some(Value::Null)), 3 => time]
    };
    let fields = (copies, maybe(), lines, extra, (time(), time()), settings(maybe()));
    (0..9_u32, fields).prop_map(|(cents, (copies, limit, lines, extra, (at, due), settings))| {
        let fields = [
            ("größe", copies),
            ("limit", limit),
            ("Läufe 🚀", lines),
            ("extra", extra),
            ("at", at),
            ("due", due),
            ("settings", settings),
        ];
        record(json!({ "cents": cents }), fields)
    })
}

/// Settings, which may be absent, and what is absent in them.
fn settings(limit: impl Strategy<Value = Option<Value>>) -> impl Strategy<Value = Option<Value>> {
    let pause =
        (0..9_u32, limit).prop_map(|(seconds, limit)| record(json!({ "seconds": seconds }), [("limit", limit)]));
    let settings = (0..9_u32, proptest::option::of(pause))
        .prop_map(|(rounds, pause)| record(json!({ "rounds": rounds }), [("pause", pause)]));
    proptest::option::of(settings)
}

/// A record with these fields too, as far as they are there.
fn record<const N: usize>(mut record: Value, fields: [(&str, Option<Value>); N]) -> Value {
    for (name, value) in fields {
        if let Some(value) = value {
            record[name] = value;
        }
    }
    record
}
