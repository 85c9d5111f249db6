//! The Runtime API of one environment: what its process asks and says.
//!
//! Source: "Using the Lambda runtime API for custom runtimes", with its `OpenAPI` document of 2018-06-01.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::StreamExt as _;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::peer::OwnUser;
use crate::settings::PAYLOAD_BYTES;

/// An event on its way to a process.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) request_id: String,
    /// What stands beside the event, by the names of the API.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) payload: String,
}

/// What a process says.
#[derive(Debug)]
pub(crate) enum Said {
    /// It has nothing to do: the next event goes there.
    Next(oneshot::Sender<Event>),
    /// The answer to its event.
    Response(String),
    /// Its event failed.
    Error(String),
    /// It cannot begin.
    InitError(String),
}

/// How far a process is.
#[derive(Debug)]
enum Phase {
    /// It has not asked for an event yet.
    Init,
    /// It has asked for an event, or answered its last one.
    Free,
    /// It has the event of this request.
    Busy(String),
}

/// The API of one environment. It ends with it.
#[derive(Debug)]
pub(crate) struct RuntimeApi {
    pub(crate) address: SocketAddr,
    pub(crate) said: mpsc::Receiver<Said>,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    own_name: String,
    said: mpsc::Sender<Said>,
    phase: Mutex<Phase>,
}

/// How much a process may say that nobody has heard yet: one thing at a time is what the API lets it.
const UNHEARD: usize = 4;

impl RuntimeApi {
    /// Listens on a port of its own, for processes of this user on this machine alone.
    pub(crate) async fn listen() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (say, said) = mpsc::channel(UNHEARD);
        let shared = Arc::new(Shared {
            own_name: address.to_string(),
            said: say,
            phase: Mutex::new(Phase::Init),
        });
        let router = router(Arc::clone(&shared));
        // It ends with the environment; a listener that cannot accept is one that a process cannot reach.
        let server = tokio::spawn(async move { drop(axum::serve(OwnUser(listener), router).await) });
        Ok(Self {
            address,
            said,
            shared,
            server,
        })
    }

    /// From here on this request may be answered.
    pub(crate) fn begins(&self, request_id: &str) {
        *self.shared.phase() = Phase::Busy(request_id.to_owned());
    }

    /// The event of this request has not reached the process.
    pub(crate) fn withdraws(&self) {
        *self.shared.phase() = Phase::Free;
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    fn phase(&self) -> std::sync::MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn say(&self, said: Said) -> Response {
        match self.said.send(said).await {
            Ok(()) => accepted(),
            Err(_) => ended(),
        }
    }

    /// Frees the process of the request, if that is the one it has.
    fn answers(&self, request_id: &str) -> bool {
        let mut phase = self.phase();
        let its_own = matches!(&*phase, Phase::Busy(busy) if busy == request_id);
        if its_own {
            *phase = Phase::Free;
        }
        its_own
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/2018-06-01/runtime/init/error", post(init_error))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), no_page))
        .with_state(shared)
}

/// A page that a browser of this machine shows must not take events away: it cannot hide that it is one.
async fn no_page(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let named = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let page = headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site");
    if page || named != Some(shared.own_name.as_str()) {
        return refused(
            StatusCode::FORBIDDEN,
            "Forbidden",
            "This is the Runtime API of a Lambda function.",
        );
    }
    next.run(request).await
}

async fn next(State(shared): State<Arc<Shared>>) -> Response {
    {
        let mut phase = shared.phase();
        if let Phase::Busy(_) = &*phase {
            return wrong_moment("the last event has not been answered");
        }
        *phase = Phase::Free;
    }
    let (reply, event) = oneshot::channel();
    if shared.said.send(Said::Next(reply)).await.is_err() {
        return ended();
    }
    match event.await {
        Ok(event) => given(event),
        Err(_) => ended(),
    }
}

fn given(event: Event) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/json"),
    );
    for (name, value) in event.headers {
        // What cannot stand in a header is left out: it came from a caller, and the event itself is whole.
        if let Ok(value) = value.parse() {
            headers.insert(name, value);
        }
    }
    (headers, event.payload).into_response()
}

async fn response(State(shared): State<Arc<Shared>>, Path(id): Path<String>, request: Request) -> Response {
    let body = read(request.into_body()).await;
    if !shared.answers(&id) {
        return unknown_request();
    }
    let Some(body) = body else {
        let too_large = format!("Response payload size exceeded maximum allowed payload size ({PAYLOAD_BYTES} bytes).");
        let failed = json!({ "errorType": "Function.ResponseSizeTooLarge", "errorMessage": too_large });
        shared.say(Said::Error(failed.to_string())).await;
        let detail = format!("Exceeded maximum allowed payload size ({PAYLOAD_BYTES} bytes).");
        return refused(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", &detail);
    };
    shared.say(Said::Response(text(&body))).await
}

async fn error(State(shared): State<Arc<Shared>>, Path(id): Path<String>, request: Request) -> Response {
    let said = failure(request).await;
    if !shared.answers(&id) {
        return unknown_request();
    }
    shared.say(Said::Error(said)).await
}

async fn init_error(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let said = failure(request).await;
    if !matches!(&*shared.phase(), Phase::Init) {
        return wrong_moment("the initialization has ended");
    }
    shared.say(Said::InitError(said)).await
}

/// What a process tells of an error: its body, or what its header says where the body says nothing.
async fn failure(request: Request) -> String {
    let kind = request.headers().get("lambda-runtime-function-error-type");
    let kind = kind
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or("Unhandled")
        .to_owned();
    let body = read(request.into_body()).await.unwrap_or_default();
    if body.is_empty() {
        return json!({ "errorType": kind }).to_string();
    }
    text(&body)
}

/// The whole body; `None` if it is too long or breaks off. What is too long is read nevertheless, within reason: a client that
/// still writes would hear nothing of its refusal.
async fn read(body: Body) -> Option<Vec<u8>> {
    const WITHIN_REASON: usize = 8 * PAYLOAD_BYTES;
    let (mut body, mut whole, mut length) = (body.into_data_stream(), Vec::new(), 0);
    while let Some(part) = body.next().await {
        let part = part.ok()?;
        length += part.len();
        if length <= PAYLOAD_BYTES {
            whole.extend_from_slice(&part);
        } else if length > WITHIN_REASON {
            return None;
        }
    }
    (length <= PAYLOAD_BYTES).then_some(whole)
}

fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).into_owned()
}

fn accepted() -> Response {
    (StatusCode::ACCEPTED, axum::Json(json!({ "status": "OK" }))).into_response()
}

fn unknown_request() -> Response {
    refused(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID")
}

fn wrong_moment(what: &str) -> Response {
    refused(StatusCode::FORBIDDEN, "InvalidStateTransition", what)
}

/// "Container error. Non-recoverable state. Runtime should exit promptly."
fn ended() -> Response {
    refused(
        StatusCode::INTERNAL_SERVER_ERROR,
        "ContainerError",
        "the environment ends",
    )
}

fn refused(status: StatusCode, kind: &str, message: &str) -> Response {
    (
        status,
        axum::Json(json!({ "errorType": kind, "errorMessage": message })),
    )
        .into_response()
}
