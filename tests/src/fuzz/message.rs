//! Bodies of `POST /api/messages`: read or refused with words, and what is read fits the rules and reads back.

use api::NewMessage;
use contracts::Message;
use jiff::Timestamp;
use serde_json::Value;

/// Judges a request's body.
pub fn judge(input: &[u8]) {
    let now = Timestamp::UNIX_EPOCH;
    // The workflow's input, which comes over the wire of Step Functions too.
    if let Ok(message) = serde_json::from_slice::<Message>(input) {
        reads_back(&message);
    }
    let Ok(Value::Object(object)) = serde_json::from_slice(input) else {
        return;
    };
    match NewMessage::parse(object, now) {
        Ok(new) => {
            reads_back(&new.message);
            assert!(
                contracts::validate(&new.message, now).is_ok(),
                "what is accepted fits the rules"
            );
        }
        Err(errors) => {
            assert!(!errors.is_empty(), "a refusal says why");
            let readable = |text: &str| !text.is_empty() && !text.contains(|char: char| char.is_control());
            assert!(errors.iter().all(|error| readable(&error.detail)), "{errors:?}");
        }
    }
}

fn reads_back(message: &Message) {
    let text = serde_json::to_string(message).expect("a message is JSON");
    let again: Message = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(&again, message, "{text}");
}
