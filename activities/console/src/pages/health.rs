//! How the service fares: dependencies, messages by status, success rate, processing time, breakers.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use serde_json::Value;

use super::{Answer, html};
use crate::console::Console;
use crate::failure::Failure;
use crate::frame::{Frame, Section};
use crate::html::{Markup, encoded, time};
use crate::message::{STATUSES, status_badge};
use crate::reader::Reader;

/// The times that are looked at.
const WINDOWS: [(&str, &str); 3] = [("1h", "Last hour"), ("24h", "Last day"), ("7d", "Last week")];

#[derive(Template)]
#[template(path = "health.html")]
struct Page {
    frame: Frame,
    summary: String,
    dependencies: Vec<(String, bool)>,
    windows: Vec<(&'static str, &'static str, bool)>,
    counts: Vec<Count>,
    total: u64,
    success: Option<String>,
    p50: Option<String>,
    p95: Option<String>,
    sample: u64,
    dead_letters: u64,
    breakers: Vec<Breaker>,
    alarms: Vec<Alarm>,
    since: Option<Markup>,
    token: Markup,
}

/// An alarm or an objective.
struct Alarm {
    name: String,
    about: String,
    class: &'static str,
    state: String,
    value: String,
    /// When it is in alarm.
    condition: String,
    period: &'static str,
}

/// How many messages have a status, as a bar.
struct Count {
    badge: Markup,
    status: &'static str,
    messages: u64,
    width: String,
}

struct Breaker {
    service: String,
    state: String,
    class: &'static str,
    note: String,
    until: Option<Markup>,
    reset: String,
    closed: bool,
}

/// `GET /console/health`.
pub(crate) async fn read(
    State(console): State<Console>,
    Query(query): Query<HashMap<String, String>>,
    reader: Reader,
) -> Answer {
    let window = query
        .get("window")
        .and_then(|asked| WINDOWS.iter().find(|(name, _)| name == asked));
    let window = window.map_or("24h", |(name, _)| name);
    let health = console.api.get("/api/health", &reader).await?;
    let metrics = console
        .api
        .get(&format!("/api/metrics?window={window}"), &reader)
        .await?;
    let breakers = console.api.get("/api/breakers", &reader).await?;
    let dependencies = health["dependencies"].as_object().into_iter().flatten();
    let messages = &metrics["messages"];
    let count = |status: &str| messages[status].as_u64().unwrap_or_default();
    let most = STATUSES
        .iter()
        .map(|(status, _)| count(status))
        .max()
        .unwrap_or_default()
        .max(1);
    let shown = STATUSES.iter().filter(|(status, _)| messages.get(status).is_some());
    let times = &metrics["processing_time"];
    html(&Page {
        frame: Frame::new("Health", Section::Health, &reader),
        summary: health["status"].as_str().unwrap_or("unknown").to_owned(),
        dependencies: dependencies
            .map(|(name, state)| (name.clone(), state == "ok"))
            .collect(),
        windows: WINDOWS.map(|(name, words)| (name, words, name == window)).to_vec(),
        counts: shown
            .map(|(status, _)| Count {
                badge: status_badge(status),
                status,
                messages: count(status),
                width: permille(count(status), most),
            })
            .collect(),
        total: STATUSES.iter().map(|(status, _)| count(status)).sum(),
        success: metrics["success_rate"]
            .as_f64()
            .map(|rate| format!("{:.2} %", rate * 100.0)),
        p50: times["p50_ms"].as_u64().map(milliseconds),
        p95: times["p95_ms"].as_u64().map(milliseconds),
        sample: times["sample"].as_u64().unwrap_or_default(),
        dead_letters: metrics["dead_letters"].as_u64().unwrap_or_default(),
        breakers: breakers["breakers"]
            .as_array()
            .into_iter()
            .flatten()
            .map(breaker)
            .collect(),
        alarms: health["alarms"].as_array().into_iter().flatten().map(alarm).collect(),
        since: health["measured_since"]
            .as_str()
            .and_then(|since| since.parse().ok())
            .map(time),
        token: reader.form_token(),
    })
}

fn alarm(alarm: &Value) -> Alarm {
    let text = |name: &str| alarm[name].as_str().unwrap_or_default().to_owned();
    let unit = text("unit");
    let value = |name: &str| alarm[name].as_f64().map(|value| measured(value, &unit));
    let threshold = value("threshold").unwrap_or_default();
    let state = text("state");
    let class = match state.as_str() {
        "OK" => "succeeded",
        "ALARM" => "failed",
        _ => "aborted",
    };
    let how = match alarm["comparison_operator"].as_str() {
        Some("GreaterThanThreshold") => "more than",
        Some("LessThanThreshold") => "less than",
        _ => "from",
    };
    Alarm {
        name: text("name"),
        about: text("about"),
        class,
        state: state.replace('_', " ").to_lowercase(),
        value: value("value").unwrap_or_else(|| "–".to_owned()),
        condition: format!("{how} {threshold}"),
        period: match alarm["period"].as_u64() {
            Some(300) => "in 5 minutes",
            Some(604_800) => "in 7 days",
            Some(2_592_000) => "in 30 days",
            _ => "now",
        },
    }
}

/// A value with its unit.
fn measured(value: f64, unit: &str) -> String {
    match unit {
        "Milliseconds" if value >= 1_000.0 => format!("{} s", rounded(value / 1_000.0)),
        "Milliseconds" => format!("{} ms", rounded(value)),
        "Percent" => format!("{} %", rounded(value)),
        _ => rounded(value),
    }
}

/// At most two digits after the point, and no more than there are.
fn rounded(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn permille(count: u64, most: u64) -> String {
    (count.saturating_mul(1_000) / most).to_string()
}

fn milliseconds(time: u64) -> String {
    let end = i64::try_from(time)
        .ok()
        .and_then(|time| jiff::Timestamp::from_millisecond(time).ok());
    crate::html::duration(jiff::Timestamp::UNIX_EPOCH, end.unwrap_or(jiff::Timestamp::MAX))
}

fn breaker(record: &Value) -> Breaker {
    let service = record["service_name"].as_str().unwrap_or_default().to_owned();
    let state = record["state"].as_str().unwrap_or_default();
    let until = record["until"].as_str().and_then(|until| until.parse().ok());
    let failures = record["failures"].as_array().map_or(0, Vec::len);
    let (class, words, note) = match state {
        "CLOSED" => (
            "succeeded",
            "Closed",
            match failures {
                0 => "everything passes".to_owned(),
                failures => format!("everything passes; {failures} recent failures are remembered"),
            },
        ),
        "OPEN" => ("failed", "Open", "nothing passes".to_owned()),
        "HALF_OPEN" => ("caught-error", "Half open", "one probe at a time passes".to_owned()),
        other => ("aborted", other, String::new()),
    };
    Breaker {
        reset: format!("/console/breakers/{}/reset", encoded(&service)),
        service,
        state: words.to_owned(),
        class,
        note,
        until: until.map(time),
        closed: state == "CLOSED",
    }
}

/// `POST /console/breakers/{service}/reset`.
pub(crate) async fn reset(
    State(console): State<Console>,
    Path(service): Path<String>,
    reader: Reader,
) -> Result<Redirect, Failure> {
    let path = format!("/api/breakers/{}/reset", encoded(&service).replace(':', "%3A"));
    console.api.post(&path, &serde_json::json!({}), &reader).await?;
    Ok(Redirect::to("/console/health"))
}

#[cfg(test)]
mod tests {
    use super::measured;

    #[test]
    fn values_have_their_units() {
        assert_eq!(measured(240_000.0, "Milliseconds"), "240 s");
        assert_eq!(measured(12.345, "Milliseconds"), "12.35 ms");
        assert_eq!(measured(99.9, "Percent"), "99.9 %");
        assert_eq!([measured(10.0, "Count"), measured(0.5, "None")], ["10", "0.5"]);
    }
}
