//! One message, as a person sends it: what goes in, what comes out, what is refused.

use serde_json::Value;
use tests::home::{Home, Ran};

fn id_of(ran: &Ran) -> String {
    ran.out
        .split_whitespace()
        .nth(1)
        .expect("`message ID accepted`")
        .to_owned()
}

/// Every message of the inbox's topic `rez`, oldest first.
async fn inbox(api: &str) -> Vec<Value> {
    let text = reqwest::get(format!("{api}/inbox/rez/json?poll=1&since=all"))
        .await
        .expect("an answer");
    let text = text.text().await.expect("the stream ends");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect()
}

#[tokio::test]
async fn a_message_is_delivered_and_everything_that_happened_can_be_read() {
    let home = Home::new();
    let sent = home.rez(&["send", "hello"]).ends_with(0);
    let id = id_of(&sent);
    assert!(sent.out.contains(&format!("message {id} completed")), "{sent:?}");
    assert!(
        sent.out.contains(&format!("message {id}\n")),
        "it says how to read the message: {sent:?}"
    );

    let message = home.rez(&["message", &id, "--json"]).ends_with(0).json().remove(0);
    assert_eq!(
        (&message["status"], &message["body"]),
        (&"completed".into(), &"hello".into())
    );
    let listed = home
        .rez(&["messages", "--status", "completed", "--json"])
        .ends_with(0)
        .json();
    assert_eq!(listed, [message]);
    let executions = home.rez(&["executions", "--json"]).ends_with(0).json();
    assert_eq!((executions.len(), &executions[0]["status"]), (1, &"SUCCEEDED".into()));

    let serve = home.serve();
    let delivered = inbox(&serve.api).await;
    assert_eq!((delivered.len(), &delivered[0]["message"]), (1, &"hello".into()));
}

/// The events of a delivered message as Step Functions writes them for this definition: id, previous event, type.
const HISTORY: [(u64, u64, &str); 19] = [
    (1, 0, "ExecutionStarted"),
    (2, 0, "TaskStateEntered"),
    (3, 2, "TaskScheduled"),
    (4, 3, "TaskStarted"),
    (5, 4, "TaskSucceeded"),
    (6, 5, "TaskStateExited"),
    (7, 6, "ChoiceStateEntered"),
    (8, 7, "ChoiceStateExited"),
    (9, 8, "TaskStateEntered"),
    (10, 9, "TaskScheduled"),
    (11, 10, "TaskStarted"),
    (12, 11, "TaskSucceeded"),
    (13, 12, "TaskStateExited"),
    (14, 13, "TaskStateEntered"),
    (15, 14, "TaskScheduled"),
    (16, 15, "TaskStarted"),
    (17, 16, "TaskSucceeded"),
    (18, 17, "TaskStateExited"),
    (19, 18, "ExecutionSucceeded"),
];

#[test]
fn the_history_of_a_delivered_message_is_that_of_step_functions() {
    let home = Home::new();
    let id = id_of(&home.rez(&["send", "hello"]).ends_with(0));
    let events = home.rez(&["history", &id, "--json"]).ends_with(0).json();
    let shape: Vec<_> = events
        .iter()
        .map(|e| {
            (
                e["id"].as_u64(),
                e["previousEventId"].as_u64(),
                e["type"].as_str().expect("a type"),
            )
        })
        .collect();
    assert_eq!(
        shape,
        HISTORY.map(|(id, previous, name)| (Some(id), Some(previous), name))
    );
    assert!(
        events.iter().all(|event| event["timestamp"].is_number()),
        "seconds since the epoch, as on the wire"
    );
}

#[test]
fn the_same_dedup_key_twice_starts_one_execution() {
    let home = Home::new();
    let send = || {
        home.rez(&["send", "once", "--dedup-key", "monday", "--json"])
            .ends_with(0)
            .json()
            .remove(0)
    };
    assert_eq!(send()["message_id"], send()["message_id"]);
    assert_eq!(home.rez(&["executions", "--json"]).json().len(), 1);
    let other = home.rez(&["send", "something else", "--dedup-key", "monday"]);
    assert_eq!(
        other.code, 2,
        "the same key for another message is a mistake: {other:?}"
    );
}

#[tokio::test]
async fn a_scheduled_message_survives_a_restart_and_is_on_time() {
    let home = Home::new();
    let serve = home.serve();
    let sent = home
        .rez(&["send", "later", "--in", "5s", "--no-wait", "--json"])
        .ends_with(0)
        .json()
        .remove(0);
    let id = sent["message_id"].as_str().expect("an id").to_owned();
    let due: jiff::Timestamp = sent["deliver_at"].as_str().expect("a time").parse().expect("RFC 3339");
    serve.kill();

    let serve = home.serve();
    let before = home.rez(&["message", &id, "--json"]).ends_with(0).json().remove(0);
    assert_eq!(before["status"], "scheduled");
    let delivered = wait_for(&home, &id, "completed").await;
    let at: jiff::Timestamp = delivered["finished_at"]
        .as_str()
        .expect("a time")
        .parse()
        .expect("RFC 3339");
    let late = at.duration_since(due).as_secs_f64();
    assert!((0.0..2.0).contains(&late), "{late} s after its time");
    assert_eq!(inbox(&serve.api).await.len(), 1);
}

/// Asks for a message until it stands so, for half a minute at most.
async fn wait_for(home: &Home, id: &str, status: &str) -> Value {
    for _ in 0..300 {
        let message = home.rez(&["message", id, "--json"]).ends_with(0).json().remove(0);
        if message["status"] == status {
            return message;
        }
        // Another process does the work: there is nothing to wait on but its answers.
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("message {id} did not become {status}")
}

#[test]
fn bad_input_is_refused_with_the_field_and_starts_nothing() {
    let home = Home::new();
    let long = "x".repeat(70 * 1024);
    let cases: [(&[&str], &str); 9] = [
        (&["send", ""], "body"),
        (&["send", "   "], "body"),
        (&["send", &long], "body"),
        (&["send", "x", "--priority", "loud"], "priority"),
        (&["send", "x", "--topic", "not a topic"], "topic"),
        (&["send", "x", "--topic", "docs"], "topic"),
        (&["send", "x", "--at", "2001-01-01T00:00:00Z"], "deliver_at"),
        (&["send", "x", "--click", "javascript:alert(1)"], "click"),
        (&["send", "x", "--patience", "soon"], "patience"),
    ];
    for (arguments, field) in cases {
        let ran = home.rez(arguments);
        assert_eq!(ran.code, 2, "{field}: {ran:?}");
        assert!(
            ran.err.contains(field) && ran.err.lines().count() == 1 && ran.out.is_empty(),
            "{field}: {ran:?}"
        );
    }
    let ran = home.rez_reading(&["send", "-"], b"\xff\xfe");
    assert!(
        ran.code == 2 && ran.err.contains("body") && ran.err.contains("UTF-8"),
        "{ran:?}"
    );
    assert!(
        home.rez(&["executions", "--json"]).ends_with(0).json().is_empty(),
        "nothing was started"
    );
}

#[tokio::test]
async fn the_api_refuses_bad_input_with_a_problem_that_names_the_field() {
    let home = Home::new();
    let serve = home.serve();
    let client = &serve.http;
    let long = format!(r#"{{"body":"{}"}}"#, "x".repeat(70 * 1024));
    let cases = [
        (r#"{"body":""}"#, 422, "body"),
        (&long, 413, "64 KiB"),
        (r#"{"body":"x","priority":"loud"}"#, 422, "priority"),
        (r#"{"body":"x","topic":"not a topic"}"#, 422, "topic"),
        (r#"{"body":"x","deliver_at":"2001-01-01T00:00:00Z"}"#, 422, "deliver_at"),
        (r#"{"body":"x","colour":"red"}"#, 422, "colour"),
        (r#"{"body":"#, 400, "line 1"),
    ];
    for (body, status, word) in cases {
        let request = client
            .post(format!("{}/api/messages", serve.api))
            .header("content-type", "application/json");
        let answer = request.body(body.to_owned()).send().await.expect("an answer");
        let (code, text) = (answer.status().as_u16(), answer.text().await.expect("a body"));
        assert!(code == status && text.contains(word), "{word}: {code} {text}");
    }
    assert!(
        home.rez(&["executions", "--json"]).ends_with(0).json().is_empty(),
        "nothing was started"
    );
}

#[test]
fn a_second_server_on_the_same_data_directory_is_told_of_the_first() {
    let home = Home::new();
    let _first = home.serve();
    let second = home.rez(&["serve", "--listen", "127.0.0.1:0", "--sfn-listen", "127.0.0.1:0"]);
    assert!(second.code == 1 && second.err.contains("process"), "{second:?}");
    let _ = home.rez(&["send", "through the first"]).ends_with(0);
}
