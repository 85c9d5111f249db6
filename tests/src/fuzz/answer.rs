//! Answers of ntfy, or of whatever stands in its place: each means something, and nothing of it reaches a history that
//! must not stand there.
//!
//! An input is a line with the status and, after a blank, the header `Retry-After`; then the body.

use contracts::{DeliverError, Delivery};
use deliver_message::{Answer, Lines, Notification, ours, read_answer};
use jiff::Timestamp;
use serde_json::json;

const TOKEN: &str = "tk_0123456789abcdefghijklmnopqrs";
/// The longest line that is looked at here, short so that the fuzzer finds longer ones.
const LINE_BYTES: usize = 256;

/// Judges an answer to a publish request, and the same body as a topic's stream.
pub fn judge(input: &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let head = String::from_utf8_lossy(&input[..end]);
    let body = input.get(end + 1..).unwrap_or_default();
    let (status, retry_after) = head
        .split_once(' ')
        .map_or((&*head, None), |(status, header)| (status, Some(header)));
    let answer = Answer {
        status: status.parse().unwrap_or(200),
        retry_after,
        body,
        token: Some(TOKEN),
    };
    let now = Timestamp::from_second(1_795_000_000).expect("a time of this century");
    match read_answer(answer, "rez", now) {
        Ok(accepted) => assert!(answer.status == 200 && !accepted.id.is_empty() && accepted.topic == "rez"),
        Err(error) => tells_no_secret(&error),
    }
    stream(body);
}

fn tells_no_secret(error: &DeliverError) {
    let told = error.to_string();
    assert!(!told.contains(TOKEN), "{told}");
    assert!(
        told.chars().count() < 300 && !told.contains(|char: char| char.is_control()),
        "{told:?}"
    );
    if let DeliverError::RateLimited { retry_after, .. } = error {
        assert!((1..=86_400).contains(retry_after), "{retry_after}");
    }
}

/// However the chunks break, the lines are the same.
fn stream(body: &[u8]) {
    let whole = lines(body, body.len().max(1));
    for size in [1, 7] {
        assert_eq!(lines(body, size), whole, "chunks of {size}");
    }
    let delivery = json!({
        "message_id": "m-1", "body": "b", "attempt": 0, "round": 0, "redrive": 0, "since": "2026-11-25T08:00:00Z",
    });
    let delivery: Delivery = serde_json::from_value(delivery).expect("a delivery");
    let notification = Notification::new(&delivery, "rez", 4_095, None).expect("a notification");
    for line in whole {
        assert!(line.len() <= LINE_BYTES && !line.contains(&b'\n'));
        let found = ours(&line, &notification);
        assert!(found.is_none_or(|found| found.sequence_id.as_deref() == Some("m-1")));
    }
}

fn lines(body: &[u8], size: usize) -> Vec<Vec<u8>> {
    let mut lines = Lines::new(LINE_BYTES);
    let mut seen: Vec<_> = body.chunks(size).flat_map(|chunk| lines.feed(chunk)).collect();
    seen.extend(lines.rest());
    seen
}
