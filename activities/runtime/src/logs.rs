//! Logs: one JSON object a line, with the fields that the saved queries ask for at the top level.

use std::{
    io::Write,
    panic,
    sync::{Mutex, PoisonError},
};

use serde_json::{Map, Value};
use tracing::{Event, Subscriber, field::Visit, level_filters::LevelFilter, span};
use tracing_subscriber::{
    Layer,
    filter::Targets,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
    util::SubscriberInitExt,
};

use crate::{Clock, SystemClock};

/// Libraries stay at INFO: at DEBUG the SDKs and HTTP clients print requests, and those contain people's texts.
const LIBRARIES: [&str; 9] = [
    "aws_", "axum", "h2", "hyper", "lambda_", "reqwest", "rustls", "tower", "dynoxide",
];

/// What is logged at a level: the libraries never say more than INFO.
pub fn log_filter(level: LevelFilter) -> Targets {
    let most = level.min(LevelFilter::INFO);
    Targets::new()
        .with_default(level)
        .with_targets(LIBRARIES.map(|library| (library, most)))
}

/// Starts logging of the process to standard error. A second call changes nothing.
///
/// Panics are logged by their place only: their texts may quote anything.
pub fn init_logs(level: LevelFilter) {
    let logs = JsonLogs::new(std::io::stderr()).with_filter(log_filter(level));
    if tracing_subscriber::registry().with(logs).try_init().is_ok() {
        panic::set_hook(Box::new(|info| {
            let place = info.location().map(ToString::to_string);
            tracing::error!(place, "panicked");
        }));
    }
}

/// The level that `LOG_LEVEL` names; INFO when it is absent or names none.
pub fn level(name: Option<&str>) -> LevelFilter {
    name.and_then(|name| name.parse().ok()).unwrap_or(LevelFilter::INFO)
}

/// Writes events as JSON lines: `timestamp`, `level`, `target`, `message`, then the fields of the enclosing spans and the
/// event's own, which win. `correlation_id` of a span so stands at the top level of every line inside it.
pub struct JsonLogs<W> {
    out: Mutex<W>,
}

impl<W: Write> JsonLogs<W> {
    /// To any writer.
    pub fn new(out: W) -> Self {
        Self { out: Mutex::new(out) }
    }
}

/// The fields of a span, kept with it.
struct SpanFields(Map<String, Value>);

impl<S, W> Layer<S> for JsonLogs<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Write + Send + 'static,
{
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        // Two logs of one process keep the same fields: the second finds those of the first.
        span.extensions_mut().replace(SpanFields(fields.0));
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        values.record(&mut fields);
        if let Some(kept) = span.extensions_mut().get_mut::<SpanFields>() {
            kept.0.extend(fields.0);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        let mut line = Map::new();
        line.insert("timestamp".into(), SystemClock.now().to_string().into());
        line.insert("level".into(), metadata.level().as_str().into());
        line.insert("target".into(), metadata.target().into());
        line.insert("message".into(), Value::Null);
        for span in context
            .event_scope(event)
            .into_iter()
            .flat_map(tracing_subscriber::registry::Scope::from_root)
        {
            if let Some(fields) = span.extensions().get::<SpanFields>() {
                line.extend(fields.0.clone());
            }
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        line.extend(fields.0);
        self.write(line);
    }
}

impl<W: Write> JsonLogs<W> {
    fn write(&self, line: Map<String, Value>) {
        let mut line = Value::Object(line).to_string();
        line.push('\n');
        // A full disk must not stop a message.
        let _ = self
            .out
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write_all(line.as_bytes());
    }
}

/// Collects fields as JSON.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &tracing::field::Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &tracing::field::Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &tracing::field::Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &tracing::field::Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &tracing::field::Field, value: bool) {
        self.put(field, value);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;
    use tracing::{Level, error, info_span};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn fields_of_spans_and_events_stand_at_the_top_level() {
        let written = Written::default();
        let subscriber = tracing_subscriber::registry().with(JsonLogs::new(written.clone()));
        tracing::subscriber::with_default(subscriber, || {
            let outer = info_span!("activity", correlation_id = "c-1", message_id = tracing::field::Empty);
            let _outer = outer.enter();
            outer.record("message_id", "m-1");
            error!(duration_ms = 1.5, path = "/api/messages", "failed");
        });
        let mut line: Value = serde_json::from_slice(&written.0.lock().unwrap()).unwrap();
        let timestamp = line.as_object_mut().unwrap().remove("timestamp").unwrap();
        assert!(timestamp.as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
        let expected = json!({
            "level": "ERROR", "target": "activity_runtime::logs::tests", "message": "failed",
            "correlation_id": "c-1", "message_id": "m-1", "duration_ms": 1.5, "path": "/api/messages",
        });
        assert_eq!(line, expected);
    }

    #[test]
    fn libraries_never_print_requests() {
        let filter = log_filter(LevelFilter::TRACE);
        assert!(filter.would_enable("deliver_message::send", &Level::TRACE));
        assert!(filter.would_enable("hyper_util::client", &Level::INFO));
        assert!(!filter.would_enable("hyper_util::client", &Level::DEBUG));
        assert!(!filter.would_enable("aws_smithy_runtime::client", &Level::DEBUG));
        assert!(!super::log_filter(LevelFilter::ERROR).would_enable("hyper_util::client", &Level::WARN));
    }

    #[test]
    fn the_level_is_read_as_it_is_written_everywhere() {
        assert_eq!(level(Some("DEBUG")), LevelFilter::DEBUG);
        assert_eq!(level(Some("warn")), LevelFilter::WARN);
        assert_eq!(level(Some("loud")), LevelFilter::INFO);
        assert_eq!(level(None), LevelFilter::INFO);
    }
}
