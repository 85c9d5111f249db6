//! A breaker as an item of the table `circuit-breaker`.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::{Breaker, Probe};

pub(super) const SERVICE_NAME: &str = "service_name";
pub(super) const VERSION: &str = "version";
const STATE: &str = "state";
const FAILURES: &str = "failures";
const UNTIL: &str = "until";
const SUCCESSES: &str = "successes";
const PROBE_TICKET: &str = "probe_ticket";
const PROBE_UNTIL: &str = "probe_until";

/// A breaker with its key and the number of the write that left it so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The service: ntfy's base URL.
    pub service_name: String,
    /// Counts the writes; 0 for a breaker that was never written.
    pub version: u64,
    /// How it stands.
    pub breaker: Breaker,
}

/// An item of the table that no version of this program writes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the item of the circuit breaker has no readable attribute {0}: reset the breaker")]
pub struct MalformedBreaker(pub &'static str);

type Item = HashMap<String, AttributeValue>;

/// Times are written in milliseconds since 1970.
pub(super) fn write(record: &Record) -> Item {
    let mut item = Item::from([
        (SERVICE_NAME.to_owned(), AttributeValue::S(record.service_name.clone())),
        (VERSION.to_owned(), number(record.version)),
        (STATE.to_owned(), AttributeValue::S(record.breaker.state().to_owned())),
    ]);
    match &record.breaker {
        Breaker::Closed { failures } => {
            let failures = failures.iter().map(|at| time(*at)).collect();
            item.insert(FAILURES.to_owned(), AttributeValue::L(failures));
        }
        Breaker::Open { until } => {
            item.insert(UNTIL.to_owned(), time(*until));
        }
        Breaker::HalfOpen { successes, probe } => {
            item.insert(SUCCESSES.to_owned(), number(successes));
            if let Some(probe) = probe {
                item.insert(PROBE_TICKET.to_owned(), number(probe.ticket));
                item.insert(PROBE_UNTIL.to_owned(), time(probe.until));
            }
        }
    }
    item
}

/// The item, read back.
pub(super) fn read(item: &Item) -> Result<Record, MalformedBreaker> {
    let breaker = match text(item, STATE)? {
        "CLOSED" => Breaker::Closed { failures: times(item)? },
        "OPEN" => Breaker::Open {
            until: time_of(item, UNTIL)?,
        },
        "HALF_OPEN" => Breaker::HalfOpen {
            successes: number_of(item, SUCCESSES)?,
            probe: probe(item)?,
        },
        _ => return Err(MalformedBreaker(STATE)),
    };
    let service_name = text(item, SERVICE_NAME)?.to_owned();
    Ok(Record {
        service_name,
        version: number_of(item, VERSION)?,
        breaker,
    })
}

fn probe(item: &Item) -> Result<Option<Probe>, MalformedBreaker> {
    if !item.contains_key(PROBE_TICKET) {
        return Ok(None);
    }
    Ok(Some(Probe {
        ticket: number_of(item, PROBE_TICKET)?,
        until: time_of(item, PROBE_UNTIL)?,
    }))
}

pub(super) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn time(at: Timestamp) -> AttributeValue {
    number(at.as_millisecond())
}

fn text<'a>(item: &'a Item, name: &'static str) -> Result<&'a str, MalformedBreaker> {
    let value = item.get(name).and_then(|value| value.as_s().ok());
    value.map(String::as_str).ok_or(MalformedBreaker(name))
}

fn number_of<T: std::str::FromStr>(item: &Item, name: &'static str) -> Result<T, MalformedBreaker> {
    item.get(name).and_then(parsed).ok_or(MalformedBreaker(name))
}

fn time_of(item: &Item, name: &'static str) -> Result<Timestamp, MalformedBreaker> {
    item.get(name).and_then(parsed_time).ok_or(MalformedBreaker(name))
}

fn times(item: &Item) -> Result<Vec<Timestamp>, MalformedBreaker> {
    let list = item
        .get(FAILURES)
        .and_then(|value| value.as_l().ok())
        .ok_or(MalformedBreaker(FAILURES))?;
    list.iter()
        .map(|value| parsed_time(value).ok_or(MalformedBreaker(FAILURES)))
        .collect()
}

fn parsed<T: std::str::FromStr>(value: &AttributeValue) -> Option<T> {
    value.as_n().ok()?.parse().ok()
}

fn parsed_time(value: &AttributeValue) -> Option<Timestamp> {
    Timestamp::from_millisecond(parsed(value)?).ok()
}
