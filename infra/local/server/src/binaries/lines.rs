//! What functions say: their logs become ours, and their metrics are counted.

use std::sync::Arc;

use activity_runtime::{Measurement, Metric, Metrics as _};
use functions::{Output, Stream};
use serde_json::{Map, Value};

use crate::meters::Meters;

/// Takes the lines of functions.
pub(super) struct Lines(pub(super) Arc<Meters>);

impl Output for Lines {
    fn line(&self, function: &str, stream: Stream, line: &str) {
        let read = serde_json::from_str::<Map<String, Value>>(line).ok();
        match read {
            Some(fields) if fields.contains_key("_aws") => measured(&fields).for_each(|one| self.0.record(&one)),
            Some(fields) => log(function, fields),
            None if line.trim().is_empty() => {}
            None if stream == Stream::Err => tracing::warn!(function, "{line}"),
            None => tracing::info!(function, "{line}"),
        }
    }
}

/// The metrics of a line in CloudWatch's embedded metric format, as far as anybody counts them here.
fn measured(fields: &Map<String, Value>) -> impl Iterator<Item = Measurement> {
    Metric::ALL.into_iter().filter_map(|metric| {
        let value = fields.get(metric.name())?.as_f64()?;
        let label = fields.get(metric.dimension())?.as_str()?;
        Some(Measurement::new(metric, label, value))
    })
}

/// A line of a function's log, with the fields by which `rez logs` finds it; what else it says stands in `more`.
fn log(function: &str, mut fields: Map<String, Value>) {
    let mut text = |name: &str| match fields.remove(name)? {
        Value::String(text) => Some(text),
        Value::Null => None,
        other => Some(other.to_string()),
    };
    let (message, level) = (text("message").unwrap_or_default(), text("level").unwrap_or_default());
    let (activity, request_id) = (text("activity"), text("request_id"));
    let (message_id, correlation_id) = (text("message_id"), text("correlation_id"));
    let (error, cause, within) = (text("error"), text("cause"), text("target"));
    text("timestamp");
    let duration_ms = fields.remove("duration_ms").and_then(|took| took.as_f64());
    let more = (!fields.is_empty()).then(|| Value::Object(fields).to_string());
    macro_rules! say {
        ($level:ident) => {
            tracing::$level!(
                function,
                within,
                activity,
                request_id,
                message_id,
                correlation_id,
                duration_ms,
                error,
                cause,
                more,
                "{message}"
            )
        };
    }
    match level.as_str() {
        "ERROR" => say!(error),
        "WARN" => say!(warn),
        "DEBUG" => say!(debug),
        "TRACE" => say!(trace),
        _ => say!(info),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use activity_runtime::{Emf, FixedClock, JsonLogs};
    use serde_json::json;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Written {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    #[test]
    fn what_a_function_logs_and_measures_is_ours() {
        let (logged, measured_lines) = (Written::default(), Written::default());
        let clock = Arc::new(FixedClock::at("2026-12-01T00:00:00Z".parse().unwrap()));
        for metric in Metric::ALL {
            let emf = Emf::new("dev", clock.clone(), measured_lines.clone());
            activity_runtime::Metrics::record(&emf, &Measurement::new(metric, "label", 1.0));
        }
        for line in measured_lines.text().lines() {
            let fields: Map<String, Value> = serde_json::from_str(line).unwrap();
            assert_eq!(measured(&fields).count(), 1, "{line}");
        }
        let lines = Lines(Meters::new("dev", Arc::new(crate::SystemClock)));
        let subscriber = tracing_subscriber::registry().with(JsonLogs::new(logged.clone()));
        tracing::subscriber::with_default(subscriber, || {
            let said = json!({
                "timestamp": "2026-12-01T00:00:00Z", "level": "WARN", "target": "deliver_message", "message": "no {braces}",
                "message_id": "m-1", "correlation_id": "c-1", "duration_ms": 1.5, "status": 503,
            });
            lines.line("deliver-message", Stream::Err, &said.to_string());
            lines.line("deliver-message", Stream::Err, "thread panicked");
            lines.line("deliver-message", Stream::Out, "");
        });
        let logged: Vec<Value> = logged
            .text()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(logged.len(), 2);
        let expected = [
            ("level", json!("WARN")),
            ("message", json!("no {braces}")),
            ("function", json!("deliver-message")),
            ("message_id", json!("m-1")),
            ("correlation_id", json!("c-1")),
            ("duration_ms", json!(1.5)),
            ("within", json!("deliver_message")),
            ("more", json!(r#"{"status":503}"#)),
        ];
        for (name, value) in expected {
            assert_eq!(logged[0][name], value, "{name}");
        }
        assert_eq!(logged[1]["message"], "thread panicked");
    }
}
