//! A calendar of the oracle's own: days since 1970, counted one by one.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::expressions::Wanted;

/// A day as a calendar on the wall shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WallDate {
    pub(crate) year: i16,
    pub(crate) month: i8,
    pub(crate) day: i8,
    /// Sunday is 1.
    pub(crate) weekday: i8,
}

impl WallDate {
    pub(crate) fn of(date: Date) -> Self {
        let (year, month, day) = (date.year(), date.month(), date.day());
        Self {
            year,
            month,
            day,
            weekday: weekday(year, month, day),
        }
    }
}

pub(crate) fn length(year: i16, month: i8) -> i8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 400 == 0 || (year % 4 == 0 && year % 100 != 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01, a Thursday, to the first of a month.
fn since_1970(year: i16, month: i8) -> i64 {
    let years = (1970..year).map(|year| 337 + i64::from(length(year, 2)));
    let months = (1..month).map(|month| i64::from(length(year, month)));
    years.sum::<i64>() + months.sum::<i64>()
}

/// The weekday of a day, Sunday being 1.
pub(crate) fn weekday(year: i16, month: i8, day: i8) -> i8 {
    let days = since_1970(year, month) + i64::from(day) - 1;
    i8::try_from((days + 4) % 7 + 1).unwrap()
}

/// The first moment of a month, in UTC.
pub(crate) fn first(year: i16, month: i8) -> Timestamp {
    Timestamp::from_second(since_1970(year, month) * 86_400).unwrap()
}

/// Every time that is asked for from the first of a month to that of another, a year later at most, by looking at every
/// day and minute.
pub(crate) fn days(wanted: &Wanted, from: Timestamp, until: Timestamp) -> Vec<Timestamp> {
    let mut found = Vec::new();
    let first_year = Offset::UTC.to_datetime(from).year();
    for year in first_year..=first_year + 1 {
        for month in 1..=12 {
            let begin = first(year, month);
            if begin < from || begin >= until {
                continue;
            }
            for day in 1..=length(year, month) {
                let shown = WallDate::of(Date::constant(year, month, day));
                if wanted.has_day(shown) {
                    let midnight = begin.as_second() + (i64::from(day) - 1) * 86_400;
                    let minutes = (0..1_440).filter(|minute| wanted.has_time(*minute / 60, *minute % 60));
                    found.extend(
                        minutes.map(|minute| Timestamp::from_second(midnight + i64::from(minute) * 60).unwrap()),
                    );
                }
            }
        }
    }
    found
}
