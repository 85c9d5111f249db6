//! The built function against Lambda's runtime interface, a parameter store and a server that take what they get.
//!
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

const TOKEN: &str = "tk_secret";

/// Lambda's side: what is asked of the function, and what the function says.
struct RuntimeApi {
    asked: Mutex<mpsc::Receiver<String>>,
    said: mpsc::Sender<(String, Value)>,
}

async fn next(State(api): State<Arc<RuntimeApi>>) -> ([(&'static str, &'static str); 3], String) {
    let headers = [
        ("lambda-runtime-aws-request-id", "request-1"),
        ("lambda-runtime-deadline-ms", "1795600000000"),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:000000000000:function:deliver-message",
        ),
    ];
    match api.asked.lock().await.recv().await {
        Some(asked) => (headers, asked),
        // Without another question the function waits, as it does on Lambda between invocations.
        None => std::future::pending().await,
    }
}

async fn said(State(api): State<Arc<RuntimeApi>>, Path((_, what)): Path<(String, String)>, body: String) {
    api.said
        .send((what, serde_json::from_str(&body).unwrap()))
        .await
        .unwrap();
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Takes a message for the topic `rez`, refuses one for any other.
async fn publish(body: String) -> (axum::http::StatusCode, String) {
    let sent: Value = serde_json::from_str(&body).unwrap();
    if sent["topic"] == "rez" {
        let taken = json!({ "id": "n1", "time": 1_795_600_000, "event": "message", "topic": "rez" });
        (axum::http::StatusCode::OK, taken.to_string())
    } else {
        (
            axum::http::StatusCode::FORBIDDEN,
            json!({ "code": 40301, "http": 403, "error": "forbidden" }).to_string(),
        )
    }
}

/// GetParameter, whatever is asked for, out of these.
async fn parameter_store(ntfy: String) -> String {
    let answer = move |body: String| async move {
        let name = serde_json::from_str::<Value>(&body).unwrap()["Name"].clone();
        let value = if name == "/rez-agent/dev/ntfy-url" {
            ntfy
        } else {
            TOKEN.to_owned()
        };
        json!({ "Parameter": { "Name": name, "Type": "SecureString", "Value": value } }).to_string()
    };
    format!("http://{}", serve(Router::new().route("/", post(answer))).await)
}

async fn dynamodb() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(
        listener,
        dynoxide::Database::memory().unwrap(),
    ));
    url
}

fn function(runtime_api: &str, ssm: &str, dynamodb: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deliver-message"));
    command.env_clear().stdout(Stdio::piped()).stderr(Stdio::piped()).envs([
        ("AWS_LAMBDA_RUNTIME_API", runtime_api),
        ("AWS_LAMBDA_FUNCTION_NAME", "deliver-message-dev"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_ENDPOINT_URL_SSM", ssm),
        ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("STAGE", "dev"),
        ("CIRCUIT_BREAKER_TABLE", "breakers"),
        ("NTFY_URL_PARAM", "/rez-agent/dev/ntfy-url"),
        ("NTFY_API_KEY_PARAM", "/rez-agent/dev/ntfy-api-key"),
    ]);
    command
}

fn stop(mut function: Child) -> Output {
    function.kill().unwrap();
    function.wait_with_output().unwrap()
}

fn delivery(topic: Value) -> String {
    json!({
        "message_id": "m", "body": "a person's text", "topic": topic, "correlation_id": "c-1",
        "attempt": 0, "round": 0, "redrive": 0, "since": "2026-11-25T00:00:00Z",
    })
    .to_string()
}

#[tokio::test]
async fn the_function_answers_lambda() {
    let ntfy = format!("http://{}", serve(Router::new().route("/", post(publish))).await);
    let (ask, asked) = mpsc::channel(1);
    let (say, mut heard) = mpsc::channel(1);
    let api = Arc::new(RuntimeApi {
        asked: Mutex::new(asked),
        said: say,
    });
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/{what}", post(said))
        .with_state(api);
    // The table of breakers is missing: delivery goes on without it.
    let (ssm, dynamodb) = (parameter_store(ntfy.clone()).await, dynamodb().await);
    let function = function(&serve(router).await, &ssm, &dynamodb).spawn().unwrap();

    ask.send(delivery(Value::Null)).await.unwrap();
    let (what, receipt) = heard.recv().await.unwrap();
    assert_eq!(
        (what.as_str(), &receipt["ntfy_id"]),
        ("response", &json!("n1")),
        "{receipt}"
    );

    ask.send(delivery(json!("others"))).await.unwrap();
    let (what, error) = heard.recv().await.unwrap();
    assert_eq!(
        (what.as_str(), &error["errorType"]),
        ("error", &json!("Delivery.Misconfigured"))
    );
    assert_eq!(
        error["errorMessage"],
        r#"{"reason":"status 403, code 40301: forbidden"}"#
    );

    let Output { stdout, stderr, .. } = stop(function);
    let (metrics, logs) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    let metrics: Vec<Value> = metrics
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let counted = |metric: &str, dimension: &str, label: &str| {
        metrics
            .iter()
            .filter(|line| line[dimension] == label && line[metric] == 1.0)
            .count()
    };
    assert_eq!(counted("NotificationsSent", "Status", "sent"), 1);
    assert_eq!(counted("NotificationsSent", "Status", "failed"), 1);
    assert_eq!(counted("CircuitBreakerBypassed", "Service", &ntfy), 2);
    assert!(
        logs.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()),
        "{logs}"
    );
    assert!(!logs.contains(TOKEN) && !logs.contains("a person's text"), "{logs}");
}

#[test]
fn a_missing_setting_is_named() {
    let mut function = function("127.0.0.1:1", "http://127.0.0.1:1", "http://127.0.0.1:1");
    let output = function.env_remove("NTFY_URL_PARAM").output().unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("the environment variable NTFY_URL_PARAM is missing or empty"),
        "{text}"
    );
}
