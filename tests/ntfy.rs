//! Delivery to the real ntfy through the whole house: every text arrives once and whole, and secrets stay secret.

use std::path::Path;

use serde_json::{Value, json};
use tests::{
    home::{Home, Serve},
    ntfy::{NO_LIMITS, Ntfy, SIGN_IN, binaries},
};

/// Texts that break what is built carelessly; the number makes each its own.
fn texts() -> Vec<String> {
    let longest = |filler: &str, n: usize| {
        let head = format!("{n} ");
        let room = 4_095 - head.len();
        let full: String = filler.repeat(room / filler.len());
        format!("{head}{full}{}", "x".repeat(room - full.len()))
    };
    (0..200)
        .map(|n| match n % 8 {
            0 => longest("a", n),
            1 => longest("ß", n),
            2 => longest("🦀", n),
            3 => format!("{n} \"quoted\" 'twice' \\ and \\n not a line"),
            4 => format!("{n} tab\tline\nreturn\r\nbell\u{7}escape\u{1b}[31m"),
            5 => format!("{n} نص עברית 中文 ไทย é e\u{301} \u{202e}right to left"),
            6 => format!("{n} <script>alert(1)</script> &amp; %20 ${{jndi:x}} {{% $x %}}"),
            _ => format!("{n} plain"),
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_messages_arrive_once_each_and_byte_for_byte() {
    for binary in binaries() {
        let ntfy = Ntfy::start(&binary, NO_LIMITS);
        let home = Home::new().with("NTFY_URL", ntfy.url());
        let serve = home.serve();
        let client = &serve.http;
        let priorities = ["min", "low", "default", "high", "urgent"];
        let mut sent = Vec::new();
        for (n, text) in texts().into_iter().enumerate() {
            let body = json!({ "body": text, "title": format!("№ {n}"), "priority": priorities[n % 5] });
            let answer = client
                .post(format!("{}/api/messages", serve.api))
                .json(&body)
                .send()
                .await
                .expect("an answer");
            assert_eq!(answer.status(), 202, "{n}");
            let accepted: Value = answer.json().await.expect("JSON");
            sent.push((accepted["message_id"].as_str().expect("an id").to_owned(), n, text));
        }
        for (id, ..) in &sent {
            completes(&home, &serve, id).await;
        }
        let mut arrived = ntfy.messages("rez", None).await;
        assert_eq!(arrived.len(), sent.len(), "each once");
        for (id, n, text) in &sent {
            let at = arrived
                .iter()
                .position(|m| m["title"] == format!("№ {n}"))
                .unwrap_or_else(|| panic!("{n}, {id}"));
            let message = arrived.swap_remove(at);
            assert_eq!(message["message"].as_str(), Some(text.as_str()), "{n}");
            // ntfy leaves its default priority out.
            assert_eq!(message["priority"].as_u64().unwrap_or(3), *n as u64 % 5 + 1, "{n}");
        }
    }
}

/// Reads a message until it is completed, for a minute at most.
async fn completes(home: &Home, serve: &Serve, id: &str) {
    for _ in 0..1_200 {
        let message = serve.message(id).await;
        if message["status"] == "completed" {
            return;
        }
        assert_ne!(message["status"], "failed", "{:?}", home.rez(&["history", id]));
        // Another process does the work: there is nothing to wait on but its answers.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("message {id} was not completed")
}

#[tokio::test]
async fn a_token_opens_a_protected_topic_and_stays_secret() {
    for binary in binaries() {
        let ntfy = Ntfy::start(&binary, SIGN_IN);
        let token = ntfy.add_user("publisher");
        ntfy.allow("*", "closed", "deny");
        ntfy.allow("publisher", "closed", "read-write");
        let home = Home::new()
            .with("NTFY_URL", ntfy.url())
            .with("NTFY_TOPIC", "closed")
            .with("NTFY_API_KEY", &*token);
        let serve = home.serve();
        let _ = home.rez(&["send", "for members"]).ends_with(0);
        let arrived = ntfy.messages("closed", Some(&token)).await;
        assert_eq!((arrived.len(), &arrived[0]["message"]), (1, &"for members".into()));
        let log = serve.stop();
        nowhere(&home, &token, &log);
    }
}

#[tokio::test]
async fn a_wrong_token_fails_after_one_attempt_and_stays_secret() {
    for binary in binaries() {
        let ntfy = Ntfy::start(&binary, SIGN_IN);
        let token = "tk_0123456789abcdefghijklmnopqrs";
        let home = Home::new()
            .with("NTFY_URL", ntfy.url())
            .with("NTFY_API_KEY", token)
            .with("LOG_LEVEL", "TRACE");
        let serve = home.serve();
        let failed = home.rez(&["send", "nobody reads this"]).ends_with(3);
        let dead = home.rez(&["dlq", "list", "--json"]).ends_with(0).json();
        assert_eq!(dead.len(), 1, "{dead:?}");
        let id = dead[0]["message_id"].as_str().expect("an id");
        let history = home.rez(&["history", id, "--json"]).ends_with(0);
        let attempts: Vec<_> = history
            .json()
            .into_iter()
            .filter(|event| event["type"] == "TaskFailed")
            .collect();
        assert_eq!(
            attempts.len(),
            1,
            "one attempt: a second would lock out good tokens too"
        );
        assert_eq!(attempts[0]["taskFailedEventDetails"]["error"], "Delivery.Misconfigured");
        let said = format!("{}{}{}{}", failed.out, failed.err, history.out, serve.stop());
        assert!(
            said.contains("40101") || said.contains("unauthorized"),
            "the reason quotes ntfy: {said}"
        );
        nowhere(&home, token, &said);
    }
}

/// Fails if the secret stands in what was said or in any file of the data directory.
fn nowhere(home: &Home, secret: &str, said: &str) {
    assert!(!said.contains(secret), "in what was said");
    let entries = |directory: &Path| {
        std::fs::read_dir(directory)
            .expect("a directory")
            .map(|entry| entry.expect("an entry").path())
    };
    let mut left: Vec<_> = entries(home.path()).collect();
    assert!(left.iter().any(|path| path.is_dir()), "the log is among them: {left:?}");
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(entries(&path));
            continue;
        }
        let bytes = std::fs::read(&path).expect("a file");
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "in {}", path.display());
    }
}
