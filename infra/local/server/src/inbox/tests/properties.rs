//! Laws that hold for everything that is sent.

use proptest::prelude::*;
use serde_json::json;

use super::super::publish::notification;
use super::super::since::Since;

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = notification(&bytes, 0);
    }

    #[test]
    fn any_since_is_answered(text in "[0-9a-zµ.+ -]{0,24}") {
        let _ = Since::parse(Some(&text), i64::MIN);
        let _ = Since::parse(Some(&text), i64::MAX);
    }

    #[test]
    fn a_text_arrives_as_it_was_sent_but_for_its_edges(text in "[^\0]{0,200}") {
        let body = json!({ "topic": "t", "message": text }).to_string();
        let published = notification(body.as_bytes(), 0).unwrap();
        let expected = if text.trim().is_empty() { "triggered" } else { text.trim() };
        prop_assert_eq!(published.message, expected);
    }
}
