//! One dashboard: the four objectives above, what leads to them below.

use serde_json::{Value, json};

use super::names::{named, sub};

/// A widget of metrics: its title, its metrics as CloudWatch writes them, its statistic, and a line that must not be crossed.
struct Widget {
    title: &'static str,
    metrics: Value,
    statistic: &'static str,
    line: Option<(&'static str, f64)>,
}

fn widgets() -> Vec<Widget> {
    let own = |metric: &str, dimension: &str, values: &[&str]| -> Value {
        let metrics = values
            .iter()
            .map(|value| json!(["RezAgent", metric, "Stage", "${Stage}", dimension, value]));
        metrics.collect()
    };
    let api = |metric: &str| json!([["AWS/ApiGateway", metric, "ApiId", "${HttpApi}"]]);
    let kinds = ["manual", "scheduled", "api"];
    vec![
        Widget {
            title: "Objective: API availability 99.9 % (43 minutes of errors in 30 days)",
            metrics: json!([
                [{ "expression": "100 * (1 - FILL(errors, 0) / requests)", "label": "available, %", "id": "available" }],
                ["AWS/ApiGateway", "5xx", "ApiId", "${HttpApi}", { "id": "errors", "visible": false }],
                ["AWS/ApiGateway", "Count", "ApiId", "${HttpApi}", { "id": "requests", "visible": false }],
            ]),
            statistic: "Sum",
            line: Some(("99.9 %", 99.9)),
        },
        Widget {
            title: "Objective: API answers, p95 below 500 ms",
            metrics: api("Latency"),
            statistic: "p95",
            line: Some(("500 ms", 500.0)),
        },
        Widget {
            title: "Objective: API answers, p99 below 1 s",
            metrics: api("Latency"),
            statistic: "p99",
            line: Some(("1 s", 1000.0)),
        },
        Widget {
            title: "Objective: messages processed, p95 below 10 s",
            metrics: own("ProcessingDuration", "MessageType", &kinds),
            statistic: "p95",
            line: Some(("10 s", 10_000.0)),
        },
        Widget {
            title: "Objective: 99 % of messages delivered (7 days)",
            metrics: json!([
                [{ "expression": "100 * completed / (completed + FILL(failed, 0))", "label": "delivered, %", "id": "delivered" }],
                ["RezAgent", "MessagesProcessed", "Stage", "${Stage}", "Status", "completed", { "id": "completed", "visible": false }],
                ["RezAgent", "MessagesProcessed", "Stage", "${Stage}", "Status", "failed", { "id": "failed", "visible": false }],
            ]),
            statistic: "Sum",
            line: Some(("99 %", 99.0)),
        },
        Widget {
            title: "Messages processed",
            metrics: own("MessagesProcessed", "Status", &["completed", "failed", "cancelled"]),
            statistic: "Sum",
            line: None,
        },
        Widget {
            title: "Attempts at ntfy",
            metrics: own("NotificationsSent", "Status", &["sent", "failed"]),
            statistic: "Sum",
            line: None,
        },
        Widget {
            title: "Circuit breaker (1 is open)",
            metrics: own("CircuitBreakerState", "Service", &["ntfy"]),
            statistic: "Maximum",
            line: Some(("open", 1.0)),
        },
        Widget {
            title: "Dead letters",
            metrics: json!([[
                "AWS/SQS",
                "ApproximateNumberOfMessagesVisible",
                "QueueName",
                "${DeadLetterQueue.QueueName}"
            ]]),
            statistic: "Maximum",
            line: None,
        },
    ]
}

impl Widget {
    fn document(&self, number: usize) -> Value {
        let mut properties = json!({
            "title": self.title,
            "region": "${AWS::Region}",
            "view": "timeSeries",
            "metrics": self.metrics,
            "stat": self.statistic,
            "period": 300,
        });
        if let Some((label, value)) = self.line {
            properties["annotations"] = json!({ "horizontal": [{ "label": label, "value": value }] });
        }
        json!({
            "type": "metric",
            "x": number % 3 * 8,
            "y": number / 3 * 6,
            "width": 8,
            "height": 6,
            "properties": properties,
        })
    }
}

/// The dashboard.
pub(crate) fn resource() -> (String, Value) {
    let widgets: Vec<Value> = (0..)
        .zip(widgets())
        .map(|(number, widget)| widget.document(number))
        .collect();
    let body = json!({ "widgets": widgets }).to_string();
    let properties = json!({ "DashboardName": named("overview"), "DashboardBody": sub(&body) });
    let dashboard = json!({ "Type": "AWS::CloudWatch::Dashboard", "Properties": properties });
    ("Dashboard".to_owned(), dashboard)
}
