//! Values in the shape of the wire.

use engine::ExecutionStatus;
use jiff::Timestamp;
use serde_json::{Value, json};

/// A time in seconds since the epoch, with milliseconds. Source: AWS JSON 1.0 protocol, timestamps.
pub(super) fn date(time: Timestamp) -> Value {
    let milliseconds = time.as_millisecond();
    let (seconds, fraction) = (milliseconds.div_euclid(1000), milliseconds.rem_euclid(1000));
    // Three digits after the point survive a double for the next 280,000 years.
    format!("{seconds}.{fraction:03}")
        .parse::<f64>()
        .map_or(Value::Null, |seconds| json!(seconds))
}

/// A status as AWS names it.
pub(crate) const fn status_name(status: ExecutionStatus) -> &'static str {
    match status {
        ExecutionStatus::Running => "RUNNING",
        ExecutionStatus::Succeeded => "SUCCEEDED",
        ExecutionStatus::Failed => "FAILED",
        ExecutionStatus::TimedOut => "TIMED_OUT",
        ExecutionStatus::Aborted => "ABORTED",
    }
}

/// The status of a name.
pub(super) fn status(name: &str) -> Option<ExecutionStatus> {
    use ExecutionStatus::{Aborted, Failed, Running, Succeeded, TimedOut};
    [Running, Succeeded, Failed, TimedOut, Aborted]
        .into_iter()
        .find(|status| status_name(*status) == name)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::date;

    #[test]
    fn a_date_has_milliseconds() {
        let time = Timestamp::from_millisecond(1_764_036_000_123).unwrap();
        assert_eq!(date(time).to_string(), "1764036000.123");
    }
}
