//! What the API does, once each.

use api::{Caller, CameBy, Right};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use tests::recorder::Recorder;
use tower::ServiceExt as _;

use super::super::stage::{STAGE, Stage};
use super::{fails, invoked};

/// The longest answer that is read.
const ANSWER_BYTES: usize = 16 * 1_024 * 1_024;

/// The API and the console, asked by an administrator and by somebody else.
struct Asked {
    router: Router,
}

impl Asked {
    async fn by(&self, subject: &str, right: &[Right], method: &str, path: &str, body: Option<&str>) -> (u16, String) {
        let kind = if path.starts_with("/console") {
            "application/x-www-form-urlencoded"
        } else {
            "application/json"
        };
        let request = Request::builder().method(method).uri(path).header("content-type", kind);
        let mut request = request
            .body(body.map_or_else(Body::empty, |body| body.to_owned().into()))
            .expect("a request");
        request.extensions_mut().insert(Caller {
            subject: subject.to_owned(),
            rights: right.iter().copied().collect(),
            came_by: CameBy::Token,
        });
        let Ok(answer) = self.router.clone().oneshot(request).await;
        let status = answer.status().as_u16();
        let bytes = to_bytes(answer.into_body(), ANSWER_BYTES).await.expect("a body");
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Asks as an administrator, and fails unless that succeeds.
    async fn admin(&self, method: &str, path: &str, body: Option<&str>) -> Value {
        let (status, text) = self.by("root", &[Right::Admin], method, path, body).await;
        assert!((200..400).contains(&status), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }
}

pub(super) async fn web_api(stage: &Stage, recorder: &Recorder) {
    stage.secrets("https://ntfy.sh").await;
    fails(stage, "w-1").await;
    let environment = stage.environment("web-api", &[("REZ_PUBLIC_URL", "https://rez.example.org")]);
    let router = web_api::on_aws(&environment, &recorder.aws).await.expect("it starts");
    let asked = Asked { router };
    messages(&asked).await;
    breakers(stage, &asked).await;
    schedules(&asked).await;
    acknowledgement(stage, &asked).await;
    machines(&asked).await;
}

async fn messages(asked: &Asked) {
    let sent = asked.admin("POST", "/api/messages", Some(r#"{"body":"hello"}"#)).await;
    let id = sent["message_id"].as_str().expect("its id").to_owned();
    let own = [Right::Read, Right::Write];
    let (status, text) = asked
        .by("ada", &own, "POST", "/api/messages", Some(r#"{"body":"hello"}"#))
        .await;
    assert_eq!(status, 202, "{text}");
    assert_eq!(asked.by("ada", &own, "GET", "/api/messages", None).await.0, 200);
    for path in [
        "/api/messages",
        "/api/messages?status=failed",
        &format!("/api/messages/{id}"),
        "/api/dead-letters",
        "/api/metrics?window=1h",
        "/api/health",
        "/console/messages",
        "/console/messages/w-1",
        "/console/health",
    ] {
        asked.admin("GET", path, None).await;
    }
    asked
        .admin("POST", "/api/dead-letters/redrive", Some(r#"{"ids":["w-1"]}"#))
        .await;
    // moto forgets the error that an execution is stopped with: how the message has ended is not asked here.
    let _ = asked
        .by("root", &[Right::Admin], "DELETE", &format!("/api/messages/{id}"), None)
        .await;
}

async fn breakers(stage: &Stage, asked: &Asked) {
    use aws_sdk_dynamodb::types::AttributeValue;
    let table = &stage.functions["web-api"].environment["CIRCUIT_BREAKER_TABLE"];
    let client = aws_sdk_dynamodb::Client::new(&stage.moto.aws);
    // Nobody can read it.
    let item = client.put_item().table_name(table);
    let item = item.item("service_name", AttributeValue::S("broken".to_owned()));
    item.send().await.expect("it is written");
    asked.admin("POST", "/api/breakers/broken/reset", Some("{}")).await;
    asked.admin("GET", "/api/breakers", None).await;
}

async fn schedules(asked: &Asked) {
    let schedule = json!({ "name": "disk", "expression": "rate(6 hours)", "message": { "body": "hello" } });
    asked.admin("POST", "/api/schedules", Some(&schedule.to_string())).await;
    let changed = json!({ "expression": "rate(7 hours)", "message": { "body": "hello" } }).to_string();
    asked.admin("PUT", "/api/schedules/disk", Some(&changed)).await;
    asked.admin("GET", "/api/schedules", None).await;
    asked.admin("DELETE", "/api/schedules/disk", None).await;
}

async fn acknowledgement(stage: &Stage, asked: &Asked) {
    let ask = ask_for_acknowledgement::on_aws(&stage.lambda("ask-for-acknowledgement", &stage.moto.aws));
    let request = json!({ "message_id": "night-watch", "token": "t" });
    invoked(&ask.expect("its settings"), &request)
        .await
        .expect("it is kept");
    let path = "/api/messages/night-watch/acknowledge";
    let _ = asked
        .by("root", &[Right::Admin], "POST", path, Some(r#"{"by":"Ada"}"#))
        .await;
}

/// Pages of the console about each state machine, and about an execution of each.
async fn machines(asked: &Asked) {
    asked.admin("GET", "/console/machines", None).await;
    for workflow in ["process-message", "escalate-message", "redrive-dead-letters"] {
        let name = format!("rez-agent-{workflow}-{STAGE}");
        let execution = format!("{name}:e-1");
        let form = "name=e-1&input=%7B%22body%22%3A%22hello%22%7D";
        asked
            .admin("POST", &format!("/console/machines/{name}/start"), Some(form))
            .await;
        for path in [
            format!("/console/machines/{name}"),
            format!("/console/executions/{execution}"),
        ] {
            asked.admin("GET", &path, None).await;
        }
        asked
            .admin("POST", &format!("/console/executions/{execution}/stop"), Some(""))
            .await;
        // An execution that carries a message is not redriven: the message is.
        if workflow != "process-message" {
            // moto does not know redrives: what is asked for is all that there is to see.
            let redrive = format!("/console/executions/{execution}/redrive");
            let _ = asked.by("root", &[Right::Admin], "POST", &redrive, Some("")).await;
        }
    }
}
