//! `cron(minutes hours day-of-month month day-of-week year)`: whenever clocks and the calendar show that.

mod days;
mod field;
mod values;

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp};

use crate::zone::Occurs;
use crate::{ExpressionError, Zone};
use days::Days;
use values::Values;

/// Six fields: which minutes of which hours of which days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    minutes: Values,
    hours: Values,
    days: Days,
    months: Values,
    years: Values,
}

impl Cron {
    pub(crate) fn parse(whole: &str, inside: &str) -> Result<Self, ExpressionError> {
        let fields: Vec<&str> = inside.split_whitespace().collect();
        let [minutes, hours, day_of_month, month, day_of_week, year] = fields[..] else {
            let detail = format!(
                "cron takes six fields (minutes, hours, day of month, month, day of week, year) and has {}: write \
                 cron(0 9 * * ? *)",
                fields.len()
            );
            return Err(ExpressionError::new("expression", detail, whole, inside));
        };
        Ok(Self {
            minutes: field::MINUTES.values(whole, minutes)?,
            hours: field::HOURS.values(whole, hours)?,
            days: Days::parse(whole, day_of_month, day_of_week)?,
            months: field::MONTH.values(whole, month)?,
            years: field::YEAR.values(whole, year)?,
        })
    }

    /// The first time from `at` on when clocks of this zone show what is asked for, the first time where they show it
    /// twice.
    pub(crate) fn at_or_after(&self, zone: &Zone, at: Timestamp) -> Option<Timestamp> {
        let mut from = minute(zone.local(at));
        loop {
            let local = self.local(from)?;
            // Local times in their order are also in the order in which they come first, so the first one that comes is the
            // earliest. What lies before `at` is the minute that has begun, or the hour that clocks show again.
            match zone.occurs(local) {
                Occurs::At(found) if found >= at => return Some(found),
                _ => from = local.checked_add(SignedDuration::from_mins(1)).ok()?,
            }
        }
    }

    /// The first local time from `from` on that has everything asked for, whether or not it comes.
    fn local(&self, from: DateTime) -> Option<DateTime> {
        let mut date = from.date();
        loop {
            date = self.date(date)?;
            let earliest = if date == from.date() {
                from.time()
            } else {
                Time::midnight()
            };
            if let Some(time) = self.time(earliest) {
                return Some(date.to_datetime(time));
            }
            date = date.tomorrow().ok()?;
        }
    }

    fn time(&self, from: Time) -> Option<Time> {
        for hour in self.hours.from(number(from.hour())) {
            let earliest = if hour == number(from.hour()) {
                number(from.minute())
            } else {
                0
            };
            if let Some(minute) = self.minutes.from(earliest).next() {
                return Time::new(small(hour)?, small(minute)?, 0, 0).ok();
            }
        }
        None
    }

    fn date(&self, from: Date) -> Option<Date> {
        for year in self.years.from(number(from.year())) {
            let in_first = year == number(from.year());
            let earliest = if in_first { number(from.month()) } else { 1 };
            for month in self.months.from(earliest) {
                let earliest = if in_first && month == number(from.month()) {
                    from.day()
                } else {
                    1
                };
                let first = Date::new(i16::try_from(year).ok()?, small(month)?, 1).ok()?;
                if let Some(day) = self.days.first(first, earliest) {
                    return Date::new(first.year(), first.month(), day).ok();
                }
            }
        }
        None
    }
}

/// The minute that a time lies in.
fn minute(at: DateTime) -> DateTime {
    let time = Time::new(at.hour(), at.minute(), 0, 0).unwrap_or(Time::midnight());
    at.date().to_datetime(time)
}

/// A part of a date or time; the calendar's years before 0 count as 0, which no field has.
fn number(part: impl Into<i16>) -> u16 {
    u16::try_from(part.into()).unwrap_or_default()
}

fn small(value: u16) -> Option<i8> {
    i8::try_from(value).ok()
}

#[cfg(test)]
mod tests;
