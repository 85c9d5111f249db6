//! The stream of events of a real server: live, resumed where it broke off, and told when something may be missing.

use std::time::Duration;

use serde_json::{Value, json};
use tests::home::{Home, Serve};

/// How long the next part of a stream may take.
const PART: Duration = Duration::from_secs(30);

/// A stream of server-sent events.
struct Stream {
    response: reqwest::Response,
    text: String,
}

/// One event: its name, its data and the place after it.
#[derive(Debug)]
struct Event {
    name: String,
    data: Value,
    id: Option<String>,
}

impl Stream {
    async fn open(serve: &Serve, after: Option<&str>) -> Self {
        let mut request = serve.http.get(format!("{}/api/events", serve.api));
        if let Some(place) = after {
            request = request.header("Last-Event-ID", place);
        }
        let response = request.send().await.expect("an answer");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            response,
            text: String::new(),
        }
    }

    async fn next(&mut self) -> Event {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (parsed(event), rest.to_owned());
                self.text = rest;
                return event;
            }
            let part = tokio::time::timeout(PART, self.response.chunk())
                .await
                .expect("it goes on");
            let part = part.expect("a part").expect("the stream has not ended");
            self.text.push_str(std::str::from_utf8(&part).expect("text"));
        }
    }

    /// The first event that is so, and every one before it.
    async fn until(&mut self, right: impl Fn(&Event) -> bool) -> Vec<Event> {
        let mut seen = Vec::new();
        loop {
            let event = self.next().await;
            let last = right(&event);
            seen.push(event);
            if last {
                return seen;
            }
        }
    }
}

fn parsed(text: &str) -> Event {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    Event {
        name: field("event: ").unwrap_or_default(),
        data: field("data: ").map_or(Value::Null, |data| serde_json::from_str(&data).expect("JSON")),
        id: field("id: "),
    }
}

async fn send(serve: &Serve, body: &str) -> String {
    let request = serve
        .http
        .post(format!("{}/api/messages", serve.api))
        .json(&json!({ "body": body }));
    let sent: Value = request.send().await.expect("an answer").json().await.expect("JSON");
    sent["message_id"]
        .as_str()
        .unwrap_or_else(|| panic!("{sent}"))
        .to_owned()
}

fn completed(id: &str) -> impl Fn(&Event) -> bool {
    move |event| event.name == "message" && event.data["message_id"] == id && event.data["status"] == "completed"
}

#[tokio::test]
async fn a_message_is_watched_from_its_acceptance_to_its_end_and_again_after_a_broken_connection() {
    let home = Home::new();
    let serve = home.serve();
    let mut stream = Stream::open(&serve, None).await;
    let begin = stream.next().await.id.expect("a place to go on from");
    let id = send(&serve, "watch me").await;
    let seen = stream.until(completed(&id)).await;
    let executions: Vec<_> = seen.iter().filter(|event| event.name == "execution").collect();
    assert!(!executions.is_empty(), "{seen:?}");
    for event in &executions {
        assert_eq!(
            (&event.data["name"], &event.data["state_machine"]),
            (&json!(id), &json!("process-message"))
        );
    }
    drop(stream);

    // Somebody who lost the connection before the message was sent.
    let mut again = Stream::open(&serve, Some(&begin)).await;
    let seen = again.until(completed(&id)).await;
    assert!(seen.iter().all(|event| event.name != "reset"), "{seen:?}");
}

#[tokio::test]
async fn after_a_restart_a_watcher_is_told_to_read_anew() {
    let home = Home::new();
    let serve = home.serve();
    let begin = Stream::open(&serve, None).await.next().await.id.expect("a place");
    drop(serve);
    let serve = home.serve();
    let mut stream = Stream::open(&serve, Some(&begin)).await;
    stream.until(|event| event.name == "reset").await;
    // It goes on from there.
    let id = send(&serve, "after").await;
    stream.until(completed(&id)).await;
}
/// What Prometheus would scrape.
#[tokio::test]
async fn a_message_shows_in_the_metrics_under_the_names_that_dashboards_know() {
    let home = Home::new();
    let serve = home.serve();
    let id = send(&serve, "count me").await;
    let mut stream = Stream::open(&serve, None).await;
    loop {
        let read = serve.message(&id).await;
        if read["status"] == "completed" {
            break;
        }
        stream.next().await;
    }
    let answer = reqwest::get(format!("{}/metrics", serve.api)).await.expect("an answer");
    assert!(
        answer.headers()["content-type"]
            .to_str()
            .expect("text")
            .starts_with("application/openmetrics-text")
    );
    let text = answer.text().await.expect("text");
    for line in [
        r#"RezAgent_MessagesProcessed_total{Stage="dev",Status="completed"} 1"#,
        r#"RezAgent_NotificationsSent_total{Stage="dev",Status="sent"} 1"#,
        r#"RezAgent_ProcessingDuration_count{Stage="dev",MessageType="api"} 1"#,
        r#"rez_executions_started_total{state_machine="process-message"} 1"#,
        r#"rez_executions_ended_total{state_machine="process-message",status="SUCCEEDED"} 1"#,
        "rez_executions_open 0",
        r#"rez_http_requests_total{method="POST",path="/api/messages",status="202"} 1"#,
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(text.ends_with("# EOF\n"));
}
