//! How values are written into columns.

use engine::ExecutionStatus;
use jiff::Timestamp;
use rusqlite::types::Type;

/// A time of which the database keeps milliseconds.
pub(crate) fn time(milliseconds: i64) -> rusqlite::Result<Timestamp> {
    Timestamp::from_millisecond(milliseconds)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Integer, Box::new(error)))
}

/// An optional time.
pub(crate) fn optional_time(milliseconds: Option<i64>) -> rusqlite::Result<Option<Timestamp>> {
    milliseconds.map(time).transpose()
}

/// The engine's unsigned identifiers fit SQLite's integers: they count events of one execution.
pub(crate) fn id(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The reverse of [`id`].
pub(crate) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}

/// The number of a status. Numbers are never given another meaning.
pub(crate) const fn status_number(status: ExecutionStatus) -> i64 {
    match status {
        ExecutionStatus::Running => 0,
        ExecutionStatus::Succeeded => 1,
        ExecutionStatus::Failed => 2,
        ExecutionStatus::TimedOut => 3,
        ExecutionStatus::Aborted => 4,
    }
}

/// The status of a number.
pub(crate) fn status(number: i64) -> rusqlite::Result<ExecutionStatus> {
    Ok(match number {
        0 => ExecutionStatus::Running,
        1 => ExecutionStatus::Succeeded,
        2 => ExecutionStatus::Failed,
        3 => ExecutionStatus::TimedOut,
        4 => ExecutionStatus::Aborted,
        other => return Err(rusqlite::Error::IntegralValueOutOfRange(0, other)),
    })
}
