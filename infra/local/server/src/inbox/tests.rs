//! One contract, held against the inbox always and against a real ntfy when `REZ_NTFY` names its binary.

mod properties;
mod real;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use real::RealNtfy;

/// Publishes that are refused: body, status, code.
fn refused() -> Vec<(Vec<u8>, u16, u32)> {
    let json = |value: Value| value.to_string().into_bytes();
    vec![
        (json(json!({ "message": "x" })), 400, 40009),
        (json(json!({ "topic": "a b", "message": "x" })), 400, 40009),
        (json(json!({ "topic": "a".repeat(65), "message": "x" })), 400, 40009),
        (b"null".to_vec(), 400, 40009),
        (json(json!({ "topic": "docs", "message": "x" })), 400, 40010),
        (json(json!({ "topic": "v1", "message": "x" })), 400, 40010),
        (json(json!({ "topic": "t", "message": "x", "priority": 6 })), 400, 40007),
        (
            json(json!({ "topic": "t", "message": "x", "priority": -1 })),
            400,
            40007,
        ),
        (
            json(json!({ "topic": "t", "message": "x", "priority": "high" })),
            400,
            40024,
        ),
        (json(json!({ "topic": "t", "message": "x", "tags": "a,b" })), 400, 40024),
        (b"nope".to_vec(), 400, 40024),
        (b"[1]".to_vec(), 400, 40024),
        (b"".to_vec(), 400, 40024),
        (json(json!({ "topic": "t", "message": "x".repeat(4_096) })), 400, 40014),
        (json(json!({ "topic": "t", "message": "x".repeat(9_000) })), 413, 41303),
    ]
}

/// Publishes that are taken: fields besides the topic, and what the notification says besides id, time, event, topic.
fn taken() -> Vec<(Value, Value)> {
    vec![
        (json!({ "message": "grüße 🦀" }), json!({ "message": "grüße 🦀" })),
        (
            json!({ "message": "a\u{1}\tb\r\nc \"q\" \\" }),
            json!({ "message": "a\u{1}\tb\r\nc \"q\" \\" }),
        ),
        (json!({ "message": "  x \n" }), json!({ "message": "x" })),
        (json!({ "message": "  " }), json!({ "message": "triggered" })),
        (json!({}), json!({ "message": "triggered" })),
        (
            json!({ "message": "x".repeat(4_095) }),
            json!({ "message": "x".repeat(4_095) }),
        ),
        (json!({ "message": "x", "priority": 0 }), json!({ "message": "x" })),
        (
            json!({ "message": "x", "priority": 3 }),
            json!({ "message": "x", "priority": 3 }),
        ),
        (
            json!({ "message": "x", "tags": [] , "unknown": 1 }),
            json!({ "message": "x" }),
        ),
        (
            json!({ "message": "x", "tags": ["a,b", " c "] }),
            json!({ "message": "x", "tags": ["a", "b", "c"] }),
        ),
        (
            json!({ "message": "x", "title": " t\nu " }),
            json!({ "message": "x", "title": "t\nu" }),
        ),
        (json!({ "message": "x", "markdown": false }), json!({ "message": "x" })),
        (
            json!({ "message": "x", "priority": 5, "click": "https://e.com", "markdown": true }),
            json!({ "message": "x", "priority": 5, "click": "https://e.com", "content_type": "text/markdown" }),
        ),
    ]
}

/// A client of one server, ours or the real one.
struct Server {
    base: String,
    http: reqwest::Client,
}

impl Server {
    async fn publish(&self, body: Vec<u8>) -> (u16, Value) {
        let answer = self
            .http
            .post(format!("{}/", self.base))
            .body(body)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn sent(&self, topic: &str, mut fields: Value) -> Value {
        fields["topic"] = topic.into();
        let (status, notification) = self.publish(fields.to_string().into_bytes()).await;
        assert_eq!(status, 200, "{notification}");
        notification
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn poll(&self, topic: &str, since: &str) -> Vec<Value> {
        let (status, lines) = self.get(&format!("/{topic}/json?poll=1&since={since}")).await;
        assert_eq!(status, 200, "{lines}");
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Sequence ids, and with them `since=latest`, came with ntfy 2.16.
    async fn knows_sequence_ids(&self) -> bool {
        let echoed = self
            .sent("probe", json!({ "message": "x", "sequence_id": "0190-a_Z" }))
            .await;
        echoed["sequence_id"] == "0190-a_Z"
    }
}

async fn holds(server: &Server) {
    refuses(server).await;
    takes(server).await;
    polls(server).await;
    refuses_paths(server).await;
    if server.knows_sequence_ids().await {
        knows_sequences(server).await;
    }
}

async fn refuses(server: &Server) {
    for (body, status, code) in refused() {
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        let (answered, refusal) = server.publish(body).await;
        assert_eq!(
            (answered, &refusal["code"], &refusal["http"]),
            (status, &json!(code), &json!(status)),
            "{shown}"
        );
        assert!(refusal["error"].is_string(), "{shown}");
    }
    assert_eq!(server.poll("t", "all").await, Vec::<Value>::new());
}

async fn takes(server: &Server) {
    for (fields, expected) in taken() {
        let answer = server.sent("taken", fields.clone()).await;
        let mut rest = answer.as_object().unwrap().clone();
        let id = rest.remove("id").unwrap();
        assert!(
            id.as_str()
                .is_some_and(|id| id.len() == 12 && id.chars().all(|c| c.is_ascii_alphanumeric())),
            "{id}"
        );
        let (time, expires) = (rest.remove("time").unwrap(), rest.remove("expires").unwrap());
        assert_eq!(expires.as_i64().unwrap() - time.as_i64().unwrap(), 12 * 3_600);
        assert_eq!(
            (rest.remove("event").unwrap(), rest.remove("topic").unwrap()),
            (json!("message"), json!("taken"))
        );
        assert_eq!(Value::Object(rest), expected, "{fields}");
    }
    assert_eq!(server.poll("taken", "all").await.len(), taken().len());
}

async fn polls(server: &Server) {
    let first = server.sent("polled", json!({ "message": "1" })).await;
    let second = server.sent("polled", json!({ "message": "2" })).await;
    let both = vec![first.clone(), second.clone()];
    let (time, id) = (first["time"].as_i64().unwrap(), first["id"].as_str().unwrap());
    assert_eq!(server.poll("polled", "all").await, both);
    assert_eq!(server.poll("polled", &time.to_string()).await, both);
    assert_eq!(server.poll("polled", "10m").await, both);
    assert_eq!(
        server.poll("polled", "aaaaaaaaaaaa").await,
        both,
        "an id that is not kept"
    );
    assert_eq!(server.poll("polled", id).await, vec![second.clone()]);
    assert_eq!(
        server.poll("polled", second["id"].as_str().unwrap()).await,
        Vec::<Value>::new()
    );
    assert_eq!(
        server.poll("polled", &(time + 1_000).to_string()).await,
        Vec::<Value>::new()
    );
    assert_eq!(server.poll("polled", "none").await, Vec::<Value>::new());
    assert_eq!(server.poll("empty", "all").await, Vec::<Value>::new());
    let (_, without_since) = server.get("/polled/json?poll=true").await;
    assert_eq!(without_since.lines().count(), 2);
}

async fn refuses_paths(server: &Server) {
    let cases = [
        ("/polled/json?poll=1&since=1d", 400, 40008),
        ("/polled/json?poll=1&since=1.5", 400, 40008),
        ("/bad%20topic/json?poll=1", 404, 40401),
        ("/no/such/page", 404, 40401),
    ];
    for (path, status, code) in cases {
        let (answered, body) = server.get(path).await;
        let refusal: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((answered, &refusal["code"]), (status, &json!(code)), "{path}");
    }
    let (status, health) = server.get("/v1/health").await;
    assert_eq!((status, health.trim_end()), (200, r#"{"healthy":true}"#));
}

async fn knows_sequences(server: &Server) {
    for bad in ["bad seq", "a.b", &"s".repeat(65)] {
        let body = json!({ "topic": "seq", "message": "x", "sequence_id": bad }).to_string();
        assert_eq!(server.publish(body.into_bytes()).await.1["code"], 40049, "{bad}");
    }
    let once = server.sent("seq", json!({ "message": "x", "sequence_id": "s" })).await;
    let twice = server.sent("seq", json!({ "message": "x", "sequence_id": "s" })).await;
    assert_ne!(once["id"], twice["id"], "a sequence id is no key");
    assert_eq!(server.poll("seq", "all").await, vec![once, twice.clone()]);
    assert_eq!(server.poll("seq", "latest").await, vec![twice]);
    let nul = server.sent("nul", json!({ "message": "a\0b" })).await;
    assert_eq!(nul["message"], "ab");
}

#[tokio::test]
async fn the_inbox_holds_the_contract() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/inbox", listener.local_addr().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let journal = Arc::new(journal::Journal::open(directory.path()).unwrap());
    let router = super::router(journal, Arc::new(Timestamp::now));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let server = Server {
        base,
        http: reqwest::Client::new(),
    };
    holds(&server).await;
    refuses_what_it_does_not_have(&server).await;
}

/// What ntfy would do and the inbox does not must not be dropped silently.
async fn refuses_what_it_does_not_have(server: &Server) {
    for field in ["attach", "actions", "delay", "email", "call"] {
        let body = json!({ "topic": "t", "message": "x", (field): "1h" }).to_string();
        assert_eq!(server.publish(body.into_bytes()).await.1["code"], 40000, "{field}");
    }
    assert_eq!(server.get("/polled/json").await.0, 400, "a stream");
}

#[tokio::test]
async fn a_real_ntfy_holds_the_same_contract() {
    let Some(ntfy) = RealNtfy::start().await else {
        println!("skipped: REZ_NTFY does not name an ntfy binary");
        return;
    };
    holds(&Server {
        base: ntfy.base.clone(),
        http: reqwest::Client::new(),
    })
    .await;
}
