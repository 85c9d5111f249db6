//! Metrics as lines of CloudWatch's embedded metric format: the log agent turns them into metrics, no call is made.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.

use std::{
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Value, json};

use crate::{Clock, Measurement, Metrics, NAMESPACE, SystemClock};

/// Writes each measurement as one line.
pub struct Emf<W> {
    stage: String,
    clock: Arc<dyn Clock>,
    out: Mutex<W>,
}

impl Emf<std::io::Stdout> {
    /// To standard output, which Lambda sends to CloudWatch Logs.
    pub fn to_stdout(stage: impl Into<String>) -> Self {
        Self::new(stage, Arc::new(SystemClock), std::io::stdout())
    }
}

impl<W: Write> Emf<W> {
    /// To any writer.
    pub fn new(stage: impl Into<String>, clock: Arc<dyn Clock>, out: W) -> Self {
        Self {
            stage: stage.into(),
            clock,
            out: Mutex::new(out),
        }
    }

    fn line(&self, measurement: &Measurement) -> Value {
        let metric = measurement.metric;
        json!({
            "_aws": {
                "Timestamp": self.clock.now().as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": NAMESPACE,
                    "Dimensions": [["Stage", metric.dimension()]],
                    "Metrics": [{ "Name": metric.name(), "Unit": metric.unit().as_str() }],
                }],
            },
            "Stage": self.stage,
            (metric.dimension()): measurement.label,
            (metric.name()): measurement.value,
        })
    }
}

impl<W: Write + Send> Metrics for Emf<W> {
    fn record(&self, measurement: &Measurement) {
        let mut line = self.line(measurement).to_string();
        line.push('\n');
        // One write a line, so that lines of two processes do not mix. A full disk must not stop a message.
        let _ = self
            .out
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write_all(line.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FixedClock, Metric};

    #[test]
    fn a_measurement_is_one_line_as_the_specification_shows_it() {
        let clock = Arc::new(FixedClock::at("2026-11-25T00:00:00.5Z".parse().unwrap()));
        let emf = Emf::new("dev", clock, Vec::new());
        emf.record(&Measurement::count(Metric::MessagesProcessed, "completed"));
        let written = String::from_utf8(emf.out.into_inner().unwrap()).unwrap();
        assert_eq!(
            written,
            concat!(
                r#"{"_aws":{"Timestamp":1795564800500,"CloudWatchMetrics":[{"Namespace":"RezAgent","#,
                r#""Dimensions":[["Stage","Status"]],"Metrics":[{"Name":"MessagesProcessed","Unit":"Count"}]}]},"#,
                r#""Stage":"dev","Status":"completed","MessagesProcessed":1.0}"#,
                "\n"
            )
        );
    }
}
