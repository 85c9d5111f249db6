//! A collector of OTLP over HTTP that remembers what it gets.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

/// How long something may take to arrive.
const PATIENCE: Duration = Duration::from_mins(1);

/// A collector.
pub(super) struct Collector {
    /// Its address, as `OTEL_EXPORTER_OTLP_ENDPOINT` has it.
    pub(super) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// A span, with its ids in hexadecimal and its times in nanoseconds.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    trace: String,
    pub(super) id: String,
    pub(super) parent: String,
    pub(super) name: String,
    pub(super) from: u64,
    pub(super) to: u64,
    /// What the status says, if it is an error.
    pub(super) failed: Option<String>,
    attributes: Vec<(String, String)>,
}

impl Collector {
    pub(super) async fn start() -> Self {
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let kept = Arc::clone(&seen);
        let take = async move |body: Bytes| match ExportTraceServiceRequest::decode(body) {
            Ok(request) => {
                let resources = request.resource_spans.into_iter();
                let spans = resources
                    .flat_map(|resource| resource.scope_spans)
                    .flat_map(|scope| scope.spans);
                kept.lock().expect("nobody panics").extend(spans.map(read));
                StatusCode::OK
            }
            Err(_) => StatusCode::BAD_REQUEST,
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().route("/v1/traces", post(take));
        tokio::spawn(async { axum::serve(listener, router).await });
        Self { url, seen }
    }

    /// Returns when what has arrived is enough.
    pub(super) async fn until(&self, enough: impl Fn(&[Seen]) -> bool) {
        let waiting = async {
            while !enough(&self.seen.lock().expect("nobody panics")) {
                tokio::task::yield_now().await;
            }
        };
        let arrived = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(arrived.is_ok(), "{:#?}", self.seen.lock().expect("nobody panics"));
    }

    /// The spans of one trace.
    pub(super) fn trace(&self, id: &str) -> Vec<Seen> {
        let seen = self.seen.lock().expect("nobody panics");
        seen.iter().filter(|span| span.trace == id).cloned().collect()
    }
}

impl Seen {
    /// An attribute as text; empty if there is none.
    pub(super) fn attribute(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(given, _)| given == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

fn read(span: Span) -> Seen {
    let status = span.status.filter(|status| status.code == 2);
    Seen {
        trace: hex(&span.trace_id),
        id: hex(&span.span_id),
        parent: hex(&span.parent_span_id),
        name: span.name,
        from: span.start_time_unix_nano,
        to: span.end_time_unix_nano,
        failed: status.map(|status| status.message),
        attributes: span
            .attributes
            .into_iter()
            .map(|attribute| {
                let value = attribute.value.and_then(|value| value.value);
                let text = match value {
                    Some(Value::StringValue(text)) => text,
                    Some(Value::IntValue(number)) => number.to_string(),
                    other => format!("{other:?}"),
                };
                (attribute.key, text)
            })
            .collect(),
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).expect("a half of a byte");
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}
