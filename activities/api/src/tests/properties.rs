//! Laws that hold for every request.

use contracts::Message;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::harness::now;
use crate::{NewMessage, idempotency};

const NAMES: [&str; 12] = [
    "body",
    "title",
    "topic",
    "priority",
    "tags",
    "click",
    "markdown",
    "deliver_at",
    "patience",
    "dedup_key",
    "message_type",
    "other",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,40}".prop_map(Value::from),
        "[-+]?[0-9]{1,20}[a-zA-Z]{0,3}".prop_map(Value::from),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,4}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_accepted_keeps_every_rule(
        fields in prop::collection::vec((prop::sample::select(&NAMES[..]), value()), 0..6),
    ) {
        let object: Map<String, Value> = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        match NewMessage::parse(object, now()) {
            Ok(new) => prop_assert_eq!(contracts::validate(&new.message, now()), Ok(())),
            Err(errors) => prop_assert!(!errors.is_empty()),
        }
    }

    #[test]
    fn a_hash_is_of_what_was_asked_for_and_not_of_when(body in ".{1,40}", title in ".{0,10}", at in 0_i64..1_000_000_000) {
        let message: Message = serde_json::from_value(json!({ "body": body, "title": title })).unwrap();
        let hash = idempotency::request_hash(&message);
        let at = jiff::Timestamp::from_second(at).ok();
        let later = Message { deliver_at: at, created_at: at, correlation_id: Some("c".into()), message_id: Some("m".into()), ..message.clone() };
        prop_assert_eq!(&idempotency::request_hash(&later), &hash);
        let other = Message { body: format!("{body}!"), ..message };
        prop_assert_ne!(idempotency::request_hash(&other), hash);
    }

    #[test]
    fn two_people_s_keys_never_meet(a in "[a-z]{0,8}", b in "[a-z]{0,8}", c in "[a-z]{0,8}", d in "[a-z]{0,8}") {
        prop_assert_eq!(idempotency::message_id(&a, &b) == idempotency::message_id(&c, &d), (a, b) == (c, d));
    }
}
