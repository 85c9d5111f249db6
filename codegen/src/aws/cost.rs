//! What a month on AWS costs at two loads: computed from the definition, the functions and the alarms.
//!
//! Free tiers are left aside but for CloudWatch's ten metrics and ten alarms, which never end; so are taxes and the few MB that
//! go out to ntfy.

use std::fmt::Write as _;

use flow::Workflow;
use serde_json::{Value, json};

/// Messages and requests of a day.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Messages, each delivered at the first attempt.
    pub messages: u32,
    /// Requests to the API.
    pub requests: u32,
}

/// The two loads for which the seed of this project named what a month may cost, in dollars.
pub const BOUNDS: [(Load, f64); 2] = [
    (
        Load {
            messages: 1_000,
            requests: 10_000,
        },
        10.57,
    ),
    (
        Load {
            messages: 10_000,
            requests: 100_000,
        },
        50.0,
    ),
];

const DAYS: f64 = 30.0;

/// What one message and one request use, as the tests of the activities and the tables' definitions have it.
mod uses {
    /// Functions that a delivered message calls: persist, deliver, record.
    pub(super) const FUNCTIONS: f64 = 3.0;
    /// Seconds of a function on the way of a message; the call of ntfy is nearly all of it.
    pub(super) const SECONDS: f64 = 0.15;
    /// Seconds of a request to the API.
    pub(super) const REQUEST_SECONDS: f64 = 0.03;
    /// Write units: the item and its three indexes when it is put; the item, two indexes, and the old and new place in the
    /// index by status for its end; twice the breaker.
    pub(super) const WRITES: f64 = 4.0 + 5.0 + 2.0;
    /// Read units: item and breaker, consistently.
    pub(super) const READS: f64 = 4.0;
    /// Read units of a request: a page, eventually consistent.
    pub(super) const REQUEST_READS: f64 = 2.0;
    /// Bytes of log of an invocation: Lambda's three lines and ours, and the metrics.
    pub(super) const LOG_BYTES: f64 = 1_300.0;
    /// Series of our own: statuses, outcomes, types, breaker, declared errors.
    pub(super) const SERIES: f64 = 12.0;
    /// Source: <https://aws.amazon.com/cloudwatch/pricing/>, "Free tier": so many metrics, and so many that alarms look at.
    pub(super) const FREE: f64 = 10.0;
    /// Parameters are kept for five minutes by each of about two functions that run.
    pub(super) const DECRYPTIONS_A_DAY: f64 = 2.0 * 2.0 * 288.0;
}

/// What is paid for: its unit, the dollars for one, and where the price stands (us-east-1).
struct Price(&'static str, f64, &'static str);

const TRANSITION: Price = Price(
    "state transitions",
    0.000_025,
    "https://aws.amazon.com/step-functions/pricing/",
);
const INVOCATION: Price = Price(
    "invocations of functions",
    0.000_000_2,
    "https://aws.amazon.com/lambda/pricing/",
);
const GB_SECOND: Price = Price(
    "GB-seconds, arm64",
    0.000_013_333_4,
    "https://aws.amazon.com/lambda/pricing/",
);
const WRITE: Price = Price(
    "DynamoDB write units",
    0.000_000_625,
    "https://aws.amazon.com/dynamodb/pricing/on-demand/",
);
const READ: Price = Price(
    "DynamoDB read units",
    0.000_000_125,
    "https://aws.amazon.com/dynamodb/pricing/on-demand/",
);
const REQUEST: Price = Price(
    "requests to the HTTP API",
    0.000_001,
    "https://aws.amazon.com/api-gateway/pricing/",
);
const PUBLISH: Price = Price(
    "events to the topic",
    0.000_000_5,
    "https://aws.amazon.com/sns/pricing/",
);
const LOG_GB: Price = Price("GB of logs", 0.50, "https://aws.amazon.com/cloudwatch/pricing/");
const SERIES: Price = Price("metrics of our own", 0.30, "https://aws.amazon.com/cloudwatch/pricing/");
const ALARM: Price = Price(
    "metrics that alarms look at",
    0.10,
    "https://aws.amazon.com/cloudwatch/pricing/",
);
const DECRYPTION: Price = Price(
    "decryptions of parameters",
    0.000_003,
    "https://aws.amazon.com/kms/pricing/",
);
const TRACE: Price = Price(
    "traces, one in twenty",
    0.000_005,
    "https://aws.amazon.com/xray/pricing/",
);

/// A line of the table.
#[derive(Clone, Debug)]
pub struct Line {
    /// What is paid for.
    pub what: &'static str,
    /// How many in a month.
    pub amount: f64,
    /// Dollars in a month.
    pub dollars: f64,
    /// Where the price stands.
    pub source: &'static str,
}

/// What a month costs: with so many state transitions for a message, and with the functions and alarms of this template.
pub fn costs(load: Load, transitions: u64, template: &Value) -> Vec<Line> {
    let (messages, requests) = (f64::from(load.messages) * DAYS, f64::from(load.requests) * DAYS);
    let invocations = messages * uses::FUNCTIONS + requests;
    let gigabytes = |function: &str| {
        let memory = template["Resources"][function]["Properties"]["MemorySize"].as_f64();
        memory.unwrap_or(512.0) / 1_024.0
    };
    let seconds = messages * uses::FUNCTIONS * uses::SECONDS * gigabytes("DeliverMessage")
        + requests * uses::REQUEST_SECONDS * gigabytes("WebApi");
    #[expect(clippy::cast_precision_loss, reason = "a path has few states")]
    let transitions = transitions as f64;
    let lines = [
        (TRANSITION, messages * transitions),
        (INVOCATION, invocations),
        (GB_SECOND, seconds),
        (WRITE, messages * uses::WRITES),
        (READ, messages * uses::READS + requests * uses::REQUEST_READS),
        (REQUEST, requests),
        (PUBLISH, messages),
        (LOG_GB, invocations * uses::LOG_BYTES / 1e9),
        (SERIES, uses::SERIES - uses::FREE),
        (ALARM, (watched(template) - uses::FREE).max(0.0)),
        (DECRYPTION, uses::DECRYPTIONS_A_DAY * DAYS),
        (TRACE, messages * 0.05),
    ];
    let line = |(Price(what, dollars, source), amount): (Price, f64)| Line {
        what,
        amount,
        dollars: amount * dollars,
        source,
    };
    lines.into_iter().map(line).collect()
}

/// How many metrics the alarms look at: each is paid for.
fn watched(template: &Value) -> f64 {
    let alarms = template["Resources"].as_object().into_iter().flatten();
    let metrics = alarms
        .filter(|(_, resource)| resource["Type"] == "AWS::CloudWatch::Alarm")
        .map(|(_, alarm)| {
            let expressions = alarm["Properties"]["Metrics"].as_array();
            let looked_at =
                expressions.map(|metrics| metrics.iter().filter(|metric| metric.get("MetricStat").is_some()));
            looked_at.map_or(1, Iterator::count)
        });
    metrics
        .map(|count| f64::from(u32::try_from(count).unwrap_or(u32::MAX)))
        .sum()
}

/// The table of both loads as Markdown.
pub(crate) fn table(workflows: &[Workflow], transitions: u64, template: &Value) -> String {
    let tables = BOUNDS.map(|(load, _)| costs(load, transitions, template));
    let mut text = String::from(
        "# What a month on AWS costs\n\nComputed by `cargo codegen` from the generated definition of `process-message`, the functions \
         and the alarms, with the list prices of us-east-1 on the pages that the lines name. Free tiers are left aside, but \
         for CloudWatch's ten metrics and ten alarms; every message is delivered at the first attempt.\n\n| a month | 1,000 messages, 10,000 requests a day | USD | ten times that | USD | price |\n\
         |---|---:|---:|---:|---:|---|\n",
    );
    for (small, large) in tables[0].iter().zip(&tables[1]) {
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(
            text,
            "| {} | {} | {:.2} | {} | {:.2} | <{}> |",
            small.what,
            amount(small.amount),
            small.dollars,
            amount(large.amount),
            large.dollars,
            small.source
        );
    }
    let [small, large] = tables.map(|lines| lines.iter().map(|line| line.dollars).sum::<f64>());
    let _ = writeln!(text, "| **together** | | **{small:.2}** | | **{large:.2}** | |");
    let _ = write!(text, "\nState machines: {}. ", workflows.len());
    text.push_str(
        "Queues, the schedule and the rule cost less than a cent; the dashboard is one of three that are free.\n",
    );
    text
}

fn amount(amount: f64) -> String {
    if amount < 100.0 {
        return format!("{amount:.2}")
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned();
    }
    let digits = format!("{amount:.0}");
    let groups: Vec<String> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect();
    groups.join(",")
}

/// The transitions of a message that is delivered at the first attempt, from the report of `process-message`.
pub(crate) fn transitions(files: &crate::Files) -> u64 {
    let report = files.get(std::path::Path::new("process-message/report.json"));
    let report: Value = report
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_else(|| json!({}));
    report["transitions"]["usual"]["count"].as_u64().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_at_a_glance() {
        for (number, text) in [
            (0.2, "0.2"),
            (12.0, "12"),
            (120_000.0, "120,000"),
            (1_000_000.4, "1,000,000"),
        ] {
            assert_eq!(amount(number), text);
        }
    }
}
