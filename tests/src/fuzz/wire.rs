//! Requests of Step Functions' wire: each is answered or refused as AWS does it, and none is the server's own failure.
//!
//! An input is a line with the operation, then the body.

use std::{sync::OnceLock, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{Request, StatusCode},
};
use serde_json::Value;
use server::{Config, Server};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// How long an answer is waited for: `GetActivityTask` waits a minute where there is nothing to do.
const PATIENCE: Duration = Duration::from_millis(200);

/// A server that is called without a socket. What one input has made is there for the next ones.
struct InProcess {
    runtime: Runtime,
    router: Router,
    _server: Server,
    _directory: TempDir,
}

/// Judges a request.
pub fn judge(input: &[u8]) {
    static SERVER: OnceLock<InProcess> = OnceLock::new();
    let server = SERVER.get_or_init(InProcess::start);
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let target = [b"AWSStepFunctions.", &input[..end]].concat();
    let body = Bytes::copy_from_slice(input.get(end + 1..).unwrap_or_default());
    let request = Request::post("/").header("x-amz-target", target).body(Body::from(body));
    // What is no header never gets past HTTP.
    let Ok(request) = request else { return };
    if let Some((status, answer)) = server.answer(request) {
        judge_answer(status, &answer);
    }
}

fn judge_answer(status: StatusCode, answer: &[u8]) {
    let said = String::from_utf8_lossy(answer);
    let json: Value = serde_json::from_slice(answer).unwrap_or_else(|error| panic!("{error}: {said}"));
    match status {
        StatusCode::OK => assert!(json.is_object(), "{said}"),
        StatusCode::INTERNAL_SERVER_ERROR => panic!("{said}"),
        _ => assert!(json["__type"].is_string(), "{status}: {said}"),
    }
}

impl InProcess {
    fn start() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let runtime = Runtime::new().expect("a runtime");
        let server = runtime
            .block_on(server::start(Config::new(directory.path())))
            .expect("a server");
        Self {
            router: server.step_functions(),
            runtime,
            _server: server,
            _directory: directory,
        }
    }

    /// The answer, if it comes soon.
    fn answer(&self, request: Request<Body>) -> Option<(StatusCode, Bytes)> {
        let router = self.router.clone();
        self.runtime.block_on(async move {
            let Ok(response) = tokio::time::timeout(PATIENCE, router.oneshot(request)).await.ok()?;
            let status = response.status();
            let body = to_bytes(response.into_body(), usize::MAX)
                .await
                .expect("the answer ends");
            Some((status, body))
        })
    }
}
