//! Delivering to real ntfy servers, one case for each sentence of what is promised beyond the table of `rows`. Each runs
//! against every server that [`tests::ntfy::binaries`] finds, and says that it is skipped when there is none.

mod handler;

use std::time::Duration;

use deliver_message::Timeouts;
use handler::Delivering;
use serde_json::{Value, json};
use tests::ntfy::{NO_LIMITS, Ntfy, SIGN_IN, binaries};

/// Texts that a careless client mangles. ntfy trims white space at both ends and newer ones drop NUL: neither is here.
fn texts() -> Vec<String> {
    let controls: String = (1..=0x1f).chain([0x7f]).filter_map(char::from_u32).collect();
    vec![
        "hello".to_owned(),
        "Grüße aus Zürich, 你好, שלום, 🦀👩‍👩‍👧‍👦".to_owned(),
        r#"{"message": "not \"this\"", 'single', `back`, \ and \\ and \u0041"#.to_owned(),
        format!("a{controls}z"),
        "first line\nsecond line\r\nthird\ttabbed".to_owned(),
        "\u{feff}bom, \u{200b}zero width, \u{2028}separator, \u{fffd}replacement, \u{10ffff}last".to_owned(),
        "=?UTF-8?B?aGVsbG8=?= and %41 and &amp; and <b>".to_owned(),
        "x".repeat(4_095),
        "é".repeat(2_047),
        "🦀".repeat(1_023),
    ]
}

const PRIORITIES: [&str; 5] = ["min", "low", "default", "high", "urgent"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_messages_arrive_once_and_byte_identical() {
    for binary in binaries() {
        let ntfy = Ntfy::start(&binary, NO_LIMITS);
        let delivering = Delivering::to(&ntfy.url(), None).await;
        let texts = texts();
        let deliveries: Vec<_> = (0..200_usize)
            .map(|n| {
                json!({
                    "message_id": format!("message-{n}"), "body": texts[n % texts.len()], "title": format!("{n} \"ü\" 🦀"),
                    "priority": PRIORITIES[n % 5], "tags": ["warning", format!("n{n}")],
                    "click": format!("https://example.org/{n}?q=%20"), "markdown": n % 2 == 0,
                })
            })
            .collect();
        for receipt in delivering.all_at_once(&deliveries).await {
            assert_eq!(receipt.unwrap()["truncated"], false);
        }
        let mut arrived = ntfy.messages("rez", None).await;
        arrived.sort_by_key(number);
        assert_eq!(arrived.len(), 200, "each arrives once");
        for (n, (message, sent)) in arrived.iter().zip(&deliveries).enumerate() {
            assert_eq!(message["message"], sent["body"], "message {n}");
            assert_eq!(message["title"], sent["title"]);
            assert_eq!(message["tags"], sent["tags"]);
            assert_eq!(message["click"], sent["click"]);
            // ntfy leaves its default out.
            let priority = message["priority"].as_u64().unwrap_or(3);
            assert_eq!(priority, n as u64 % 5 + 1, "message {n}");
            assert_eq!(message["content_type"] == "text/markdown", n % 2 == 0);
        }
    }
}

/// The number that the title begins with.
fn number(message: &Value) -> usize {
    let title = message["title"].as_str().expect("a title");
    title.split(' ').next().and_then(|n| n.parse().ok()).expect("a number")
}

#[tokio::test]
async fn a_text_too_long_is_cut_and_one_that_escapes_too_long_still_arrives() {
    for binary in binaries() {
        let ntfy = Ntfy::start(&binary, NO_LIMITS);
        let delivering = Delivering::to(&ntfy.url(), None).await;
        // Quotes fill the request to its last byte: one of the two lengths is odd.
        let quotes = ["\"".repeat(4_095), format!("x{}", "\"".repeat(4_094))];
        let longer = [
            "x".repeat(4_096),
            "é".repeat(30_000),
            format!("a{}z", "\u{1}".repeat(4_000)),
        ];
        for text in longer.into_iter().chain(quotes) {
            let receipt = delivering.deliver(&json!({ "body": text })).await.unwrap();
            assert_eq!(receipt["truncated"], true);
            let arrived = ntfy.messages("rez", None).await.pop().unwrap();
            let shown = arrived["message"]
                .as_str()
                .unwrap()
                .strip_suffix(" … [cut]")
                .expect("it says that it is cut");
            assert!(text.starts_with(shown) && shown.len() > 1_000, "{} bytes", shown.len());
        }
    }
}

#[tokio::test]
async fn a_token_opens_a_protected_topic() {
    for binary in binaries() {
        let ntfy = Ntfy::start(&binary, SIGN_IN);
        let token = ntfy.add_user("rez");
        ntfy.allow("*", "guarded", "deny");
        ntfy.allow("rez", "guarded", "read-write");
        let guarded = json!({ "topic": "guarded", "body": "a person's text" });
        Delivering::to(&ntfy.url(), Some(&token))
            .await
            .deliver(&guarded)
            .await
            .unwrap();
        assert_eq!(ntfy.messages("guarded", Some(&token)).await.len(), 1);
    }
}

#[tokio::test]
async fn a_second_attempt_finds_what_the_first_one_sent() {
    for binary in binaries() {
        let ntfy = Ntfy::start(&binary, NO_LIMITS);
        let knows_sequences = ntfy.version() >= (2, 16);
        let delivering = Delivering::to(&ntfy.url(), None).await;
        let first = delivering.deliver(&json!({ "message_id": "m" })).await.unwrap();
        delivering.deliver(&json!({ "message_id": "another" })).await.unwrap();
        let second = delivering
            .deliver(&json!({ "message_id": "m", "attempt": 1 }))
            .await
            .unwrap();
        assert_eq!(second["found"], knows_sequences, "ntfy {:?}", ntfy.version());
        assert_eq!(second["ntfy_id"] == first["ntfy_id"], knows_sequences);
        let arrived = ntfy.messages("rez", None).await.len();
        assert_eq!(
            arrived,
            if knows_sequences { 2 } else { 3 },
            "an older server gets it again"
        );
    }
}

/// ntfy allows an address thirty subscriptions at a time, and a look is one: after a crash many look at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_of_second_attempts_finds_what_the_first_ones_sent() {
    for binary in binaries() {
        let ntfy = Ntfy::start(&binary, NO_LIMITS);
        if ntfy.version() < (2, 16) {
            continue;
        }
        let delivering = Delivering::to(&ntfy.url(), None).await;
        let attempts = |attempt: u32| -> Vec<Value> {
            let one = |n| json!({ "message_id": format!("m-{n}"), "body": "x".repeat(3_000), "attempt": attempt });
            (0..200).map(one).collect()
        };
        delivering.all_at_once(&attempts(0)).await;
        for second in delivering.all_at_once(&attempts(1)).await {
            assert_eq!(second.unwrap()["found"], true);
        }
        assert_eq!(ntfy.messages("rez", None).await.len(), 200, "nothing is sent again");
    }
}

#[tokio::test]
async fn a_frozen_server_delivers_later_and_the_next_attempt_finds_it() {
    for binary in binaries() {
        let ntfy = Ntfy::start(&binary, NO_LIMITS);
        let short = Timeouts {
            publish: Duration::from_millis(300),
            ..Timeouts::default()
        };
        let hasty = Delivering::within(short, &ntfy.url(), None).await;
        ntfy.freeze();
        let ended = hasty.deliver(&json!({ "message_id": "m" })).await.unwrap_err();
        assert_eq!(
            ended,
            (
                "Delivery.Ambiguous".to_owned(),
                json!({ "reason": "no answer in time" })
            )
        );
        ntfy.thaw();
        let late = ntfy.message("rez").await;
        let receipt = Delivering::to(&ntfy.url(), None)
            .await
            .deliver(&json!({ "message_id": "m", "attempt": 1 }))
            .await;
        let knows_sequences = ntfy.version() >= (2, 16);
        assert_eq!(
            receipt.unwrap()["ntfy_id"] == late["id"],
            knows_sequences,
            "ntfy {:?}",
            ntfy.version()
        );
    }
}

#[tokio::test]
async fn where_one_cannot_look_it_is_sent_again() {
    for binary in binaries() {
        let ntfy = Ntfy::start(&binary, SIGN_IN);
        ntfy.allow("*", "blind", "write-only");
        let delivering = Delivering::to(&ntfy.url(), None).await;
        for attempt in [0, 1] {
            let receipt = delivering
                .deliver(&json!({ "topic": "blind", "attempt": attempt }))
                .await
                .unwrap();
            assert_eq!(receipt["found"], false);
        }
    }
}

#[tokio::test]
async fn with_its_own_limits_ntfy_takes_sixty_at_once_and_then_asks_to_wait() {
    for binary in binaries() {
        let ntfy = Ntfy::start(&binary, "");
        let delivering = Delivering::to(&ntfy.url(), None).await;
        let deliveries = vec![json!({}); 80];
        let ended = delivering.all_at_once(&deliveries).await;
        let refused: Vec<_> = ended.into_iter().filter_map(Result::err).collect();
        // One more is let in every five seconds, and this may take a few.
        assert!(
            (10..=20).contains(&refused.len()),
            "{} of 80 were refused",
            refused.len()
        );
        for (ends, payload) in refused {
            assert_eq!(
                (ends.as_str(), payload),
                (
                    "Delivery.RateLimited",
                    json!({ "retry_after": 5, "may_be_sent": false })
                )
            );
        }
    }
}

#[tokio::test]
async fn a_stopped_server_is_unavailable_until_it_is_back() {
    for binary in binaries() {
        let mut ntfy = Ntfy::start(&binary, NO_LIMITS);
        let delivering = Delivering::to(&ntfy.url(), None).await;
        ntfy.stop();
        assert_eq!(
            delivering.deliver(&json!({})).await.unwrap_err().0,
            "Delivery.Unavailable"
        );
        ntfy.start_again();
        let receipt = delivering.deliver(&json!({ "attempt": 1 })).await.unwrap();
        assert_eq!(receipt["found"], false);
        assert_eq!(ntfy.messages("rez", None).await.len(), 1);
    }
}
