//! The built function against Lambda's runtime interface and the embedded DynamoDB.
//!
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use std::{
    process::{Child, Command, Output, Stdio},
    sync::Arc,
};

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use serde_json::{Value, json};
use tables::Messages;
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc},
};

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
            "arn:aws:lambda:us-east-1:000000000000:function:persist-message",
        ),
    ];
    // Without another question the function waits, as it does on Lambda between invocations.
    let asked = api.asked.lock().await.recv().await;
    match asked {
        Some(asked) => (headers, asked),
        None => std::future::pending().await,
    }
}

async fn said(State(api): State<Arc<RuntimeApi>>, Path((_, what)): Path<(String, String)>, body: String) -> StatusCode {
    api.said
        .send((what, serde_json::from_str(&body).unwrap()))
        .await
        .unwrap();
    StatusCode::ACCEPTED
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn function(runtime_api: &str, dynamodb: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_persist-message"));
    command.env_clear().stdout(Stdio::piped()).stderr(Stdio::piped()).envs([
        ("AWS_LAMBDA_RUNTIME_API", runtime_api),
        ("AWS_LAMBDA_FUNCTION_NAME", "persist-message-dev"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("STAGE", "dev"),
        ("DYNAMODB_TABLE_NAME", "messages"),
    ]);
    command
}

fn stop(mut function: Child) -> Output {
    function.kill().unwrap();
    function.wait_with_output().unwrap()
}

async fn dynamodb() -> (String, Messages) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(
        listener,
        dynoxide::Database::memory().unwrap(),
    ));
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(&url)
        .build();
    let client = aws_sdk_dynamodb::Client::from_conf(config);
    tables::ensure(&client, "messages", "breakers").await.unwrap();
    (url, Messages::new(client, "messages"))
}

#[tokio::test]
async fn the_function_answers_lambda() {
    let (url, messages) = dynamodb().await;
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
    let function = function(&serve(router).await, &url).spawn().unwrap();

    let execution = json!({ "arn": "arn:m", "name": "m", "started_at": "2026-11-25T00:00:00Z" });
    let request = |message: Value| json!({ "message": message, "execution": execution }).to_string();
    let body = "a secret text \u{0} \u{1b} \"grüße\" 🦀";
    ask.send(request(json!({ "body": body, "correlation_id": "c-1" })))
        .await
        .unwrap();
    let (what, answer) = heard.recv().await.unwrap();
    assert_eq!(
        (what.as_str(), &answer["message_id"], &answer["duplicate"]),
        ("response", &json!("m"), &json!(false))
    );
    assert_eq!(answer["deliver_at"], Value::Null, "absent values are written as null");
    assert_eq!(messages.get("m").await.unwrap().unwrap().message.body, body);

    ask.send(request(json!({ "body": "a secret text", "topic": "docs" })))
        .await
        .unwrap();
    let (what, answer) = heard.recv().await.unwrap();
    assert_eq!(
        (what.as_str(), &answer["errorType"]),
        ("error", &json!("Message.Invalid"))
    );
    let fields: Value = serde_json::from_str(answer["errorMessage"].as_str().unwrap()).unwrap();
    assert_eq!(fields["field"], "topic");

    let output = stop(function);
    let (metrics, logs) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    let metric: Value = serde_json::from_str(metrics.trim()).unwrap();
    assert_eq!(
        (&metric["DeclaredErrors"], &metric["FunctionName"]),
        (&json!(1.0), &json!("persist-message-dev"))
    );
    let lines: Vec<Value> = logs.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ended = lines.iter().find(|line| line["message"] == "activity ended").unwrap();
    assert_eq!(
        (&ended["message_id"], &ended["correlation_id"]),
        (&json!("m"), &json!("c-1"))
    );
    assert!(ended["duration_ms"].is_f64());
    assert!(!logs.contains("secret"), "{logs}");
}

#[test]
fn a_missing_setting_is_named() {
    let output = function("127.0.0.1:1", "http://127.0.0.1:1")
        .env_remove("DYNAMODB_TABLE_NAME")
        .output()
        .unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("the environment variable DYNAMODB_TABLE_NAME is missing or empty"),
        "{text}"
    );
}
