//! Traces over OTLP: one from a request through execution, states, activity and ntfy.
//!
//! What happens in this process becomes spans by `tracing`. What an execution does becomes spans when it has ended, from its
//! history, so that a restart loses none: its place in the trace stands in its row as `traceHeader`, and the ids of its spans
//! are made from what names them. A call that is under way knows by the same rule which attempt it belongs to.
//!
//! Nothing waits for a collector: spans go through a queue that is bounded, and what does not fit is dropped. Attributes name
//! things and say how they ended; nothing that a person wrote is among them.
//!
//! Source: OpenTelemetry specification, "Trace SDK" and "OTLP Exporter Configuration", whose variables are read.

mod ended;
mod exporter;
mod header;
mod ids;
mod spans;

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::trace::{TraceContextExt as _, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider, Span, SpanData, SpanProcessor,
};
use tokio::runtime::Handle;
use tracing::{Metadata, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

pub(crate) use ended::{Ended, run};
pub(crate) use header::incoming;
pub(crate) use ids::Place;

use exporter::Exporter;

/// The variables of which either turns traces on.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

/// The spans of this process that are exported, by their names.
const SPANS: [&str; 4] = ["request", "activity", "ntfy publish", "ntfy look"];

/// How many spans may wait to be exported; more are dropped.
const QUEUE: usize = 8_192;

/// Exports spans.
#[derive(Clone, Debug)]
pub struct Traces {
    queue: Arc<BatchSpanProcessor>,
    provider: SdkTracerProvider,
}

/// Traces are wanted, and cannot be exported as it is said.
#[derive(Debug, thiserror::Error)]
pub enum TracesError {
    /// A variable of the exporter is wrong.
    #[error("the variables OTEL_EXPORTER_OTLP_… are wrong")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
    /// The HTTP client cannot be made.
    #[error("the HTTP client for traces cannot be made")]
    Http(#[from] reqwest::Error),
}

impl Traces {
    /// Traces as the environment wants them; `None` if it wants none. Requests are made on `runtime`.
    ///
    /// # Errors
    ///
    /// If what the environment says makes no exporter.
    pub fn from_environment(runtime: &Handle) -> Result<Option<Self>, TracesError> {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if !ENDPOINTS.into_iter().any(is_set) {
            return Ok(None);
        }
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Exporter::new(runtime.clone())?)
            .build()?;
        let limits = BatchConfigBuilder::default().with_max_queue_size(QUEUE).build();
        let mut queue = BatchSpanProcessor::builder(exporter).with_batch_config(limits).build();
        let resource = resource();
        queue.set_resource(&resource);
        let queue = Arc::new(queue);
        let provider = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_span_processor(Shared(Arc::clone(&queue)))
            .build();
        Ok(Some(Self { queue, provider }))
    }

    /// What turns this process's own spans into those of traces.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        // Events are for the log: what they say is more than a trace may tell.
        let exported = |about: &Metadata<'_>| about.is_span() && SPANS.contains(&about.name());
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("rez"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(exported))
    }

    /// Takes a span that has ended.
    fn take(&self, span: SpanData) {
        self.queue.on_end(span);
    }

    /// Exports what waits, for as long as that; nothing is taken any more.
    pub(crate) async fn finish(&self, within: Duration) {
        let queue = Arc::clone(&self.queue);
        let finishing = tokio::task::spawn_blocking(move || queue.shutdown_with_timeout(within));
        // The thread of a collector that does not answer is left behind.
        let finished = tokio::time::timeout(within, finishing).await;
        if !matches!(finished, Ok(Ok(Ok(())))) {
            tracing::warn!("the last traces were not exported");
        }
    }
}

/// The `traceHeader` of an execution that is started within the current span; `None` without traces.
pub(crate) fn header_here() -> Option<String> {
    let context = tracing::Span::current().context();
    let span = context.span().span_context().clone();
    span.is_valid().then(|| header::written(&span))
}

/// What the exported process is called: `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` say otherwise.
fn resource() -> Resource {
    let name = std::env::var("OTEL_SERVICE_NAME").ok().filter(|name| !name.is_empty());
    Resource::builder()
        .with_service_name(name.unwrap_or_else(|| "rez".to_owned()))
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build()
}

/// One queue for the spans of this process and those of histories.
#[derive(Debug)]
struct Shared(Arc<BatchSpanProcessor>);

impl SpanProcessor for Shared {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        self.0.on_end(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }
}
