//! Fields that hold a number, an expression, or a path to one.

use super::range::{self, Range};
use super::{Partial, is_placeholder, jsonata, paths};
use crate::{Finding, Kind, Number, Options, Pointer, QueryLanguage, StateKind, Task, Visit, WaitFor};

/// The upper limit of timeouts and waits, in seconds: more than three years.
const LONGEST: u32 = 99_999_999;

/// The upper limit of `ReaderConfig.MaxItems`.
const MOST_ITEMS: f64 = 100_000_000.0;

pub(super) fn check(partial: &Partial<'_>, options: Options, out: &mut Vec<Finding>) {
    let timeout = Pointer::root().key("TimeoutSeconds");
    range::integer(partial.machine.timeout_seconds, 1, LONGEST.into(), &timeout, out);
    for visit in partial.machine.walk() {
        for (name, number, range) in fields(&visit) {
            field(&visit, name, number, range, options, out);
        }
        if let StateKind::Task(task) = &visit.state.kind {
            heartbeat(task, &visit.pointer, out);
        }
        outside(&visit, out);
    }
}

fn fields<'a>(visit: &Visit<'a>) -> Vec<(&'static str, &'a Number, Range)> {
    let seconds = |least| Range {
        least,
        most: LONGEST.into(),
        whole: true,
    };
    let count = Range {
        least: 0.0,
        most: f64::MAX,
        whole: true,
    };
    let percentage = Range {
        least: 0.0,
        most: 100.0,
        whole: false,
    };
    let named: Vec<(&'static str, Option<&'a Number>, Range)> = match &visit.state.kind {
        StateKind::Task(task) => vec![
            ("TimeoutSeconds", task.timeout_seconds.as_ref(), seconds(1.0)),
            ("HeartbeatSeconds", task.heartbeat_seconds.as_ref(), seconds(1.0)),
        ],
        StateKind::Wait(wait) => match &wait.until {
            WaitFor::Seconds(number) => vec![("Seconds", Some(number), seconds(0.0))],
            WaitFor::Timestamp(_) => Vec::new(),
        },
        StateKind::Map(map) => vec![
            ("MaxConcurrency", map.max_concurrency.as_ref(), count),
            ("ToleratedFailureCount", map.tolerated_failure_count.as_ref(), count),
            (
                "ToleratedFailurePercentage",
                map.tolerated_failure_percentage.as_ref(),
                percentage,
            ),
        ],
        _ => Vec::new(),
    };
    named
        .into_iter()
        .filter_map(|(name, number, range)| Some((name, number?, range)))
        .collect()
}

fn field(visit: &Visit<'_>, name: &str, number: &Number, range: Range, options: Options, out: &mut Vec<Finding>) {
    let pointer = visit.pointer.key(name);
    match number {
        Number::Literal(value) => range.check(value, &pointer, out),
        Number::Path(path) => paths::reference(path, &visit.pointer.key(&format!("{name}Path")), out),
        Number::Jsonata(text) if options.placeholders && is_placeholder(text) => {}
        Number::Jsonata(text) => {
            if visit.language == QueryLanguage::JSONPath || !jsonata::is_expression(text) {
                let help = "a number, or in JSONata an expression between '{%' and '%}'";
                out.push(Finding::new(Kind::WrongType, &pointer, "Expected value of type Integer").help(help));
            }
        }
    }
}

fn heartbeat(task: &Task, at: &Pointer, out: &mut Vec<Finding>) {
    let literal = |number: &Option<Number>| match number {
        Some(Number::Literal(value)) => value.as_u64(),
        _ => None,
    };
    if let (Some(timeout), Some(heartbeat)) = (literal(&task.timeout_seconds), literal(&task.heartbeat_seconds))
        && heartbeat >= timeout
    {
        let message = "HeartbeatSeconds must be smaller than TimeoutSeconds";
        out.push(Finding::new(Kind::OutOfRange, &at.key("HeartbeatSeconds"), message));
    }
}

/// The numbers inside `ItemReader` and `ItemBatcher`, which the model keeps as JSON.
fn outside(visit: &Visit<'_>, out: &mut Vec<Finding>) {
    let StateKind::Map(map) = &visit.state.kind else { return };
    let items = Range {
        least: 0.0,
        most: MOST_ITEMS,
        whole: true,
    };
    let batch = Range {
        least: 0.0,
        most: f64::MAX,
        whole: true,
    };
    let reader_config = map.item_reader.as_ref().and_then(|reader| reader.get("ReaderConfig"));
    let config_at = visit.pointer.key("ItemReader").key("ReaderConfig");
    let batcher_at = visit.pointer.key("ItemBatcher");
    for (holder, at, name, range) in [
        (reader_config, &config_at, "MaxItems", items),
        (map.item_batcher.as_ref(), &batcher_at, "MaxItemsPerBatch", batch),
        (map.item_batcher.as_ref(), &batcher_at, "MaxInputBytesPerBatch", batch),
    ] {
        let Some(holder) = holder else { continue };
        if let Some(serde_json::Value::Number(number)) = holder.get(name) {
            range.check(number, &at.key(name), out);
        }
        let twin = format!("{name}Path");
        if let Some(serde_json::Value::String(path)) = holder.get(&twin) {
            paths::reference(path, &at.key(&twin), out);
        }
    }
}
