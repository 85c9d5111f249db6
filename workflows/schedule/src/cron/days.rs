//! The two fields for days, of which one says which days and the other is `?`.

use jiff::civil::{Date, Weekday};

use super::field::{DAY_OF_MONTH, DAY_OF_WEEK, digits};
use super::values::Values;
use crate::ExpressionError;

/// Which days of a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Days {
    /// `1,15`, `*`: those of these numbers.
    OfMonth(Values),
    /// `L` as the day of the month: the last one.
    Last,
    /// `15W`: the weekday nearest to this day, in the same month. In a month without this day there is none.
    Nearest(i8),
    /// `MON-FRI`: those of these days of the week, Sunday being 1.
    OfWeek(Values),
    /// `6L`: the last of this day of the week.
    LastOfWeek(u16),
    /// `6#3`: the third one.
    Nth(u16, i8),
}

impl Days {
    pub(super) fn parse(whole: &str, of_month: &str, of_week: &str) -> Result<Self, ExpressionError> {
        match (of_month, of_week) {
            ("?", "?") => Err(DAY_OF_WEEK.wrong(
                whole,
                of_week,
                "both fields for days are ?: say one of them, or * for every day",
            )),
            (_, "?") => Self::of_month(whole, of_month),
            ("?", _) => Self::of_week(whole, of_week),
            _ => Err(DAY_OF_WEEK.wrong(
                whole,
                of_week,
                "only one of the fields for days may be said: write ? in the other",
            )),
        }
    }

    fn of_month(whole: &str, text: &str) -> Result<Self, ExpressionError> {
        if text == "L" {
            return Ok(Self::Last);
        }
        if let Some(day) = text.strip_suffix('W').filter(|day| !day.contains([',', '-', '/'])) {
            let day = DAY_OF_MONTH.value(whole, day)?;
            return Ok(Self::Nearest(i8::try_from(day).unwrap_or(i8::MAX)));
        }
        alone(
            &DAY_OF_MONTH,
            whole,
            text,
            &['L', 'W', '?'],
            "L, or W with one day, as 15W,",
        )?;
        DAY_OF_MONTH.values(whole, text).map(Self::OfMonth)
    }

    fn of_week(whole: &str, text: &str) -> Result<Self, ExpressionError> {
        let single = !text.contains([',', '-', '/']);
        if text == "L" {
            // The last day of the week is Saturday.
            return Ok(Self::OfWeek(Values::new(vec![7])));
        }
        if let Some((day, nth)) = text.split_once('#').filter(|_| single) {
            let day = DAY_OF_WEEK.value(whole, day)?;
            let found = digits(nth)
                .filter(|nth| (1..=5).contains(nth))
                .and_then(|nth| i8::try_from(nth).ok());
            let nth = found.ok_or_else(|| DAY_OF_WEEK.wrong(whole, nth, "after # comes which one: write 1 to 5"))?;
            return Ok(Self::Nth(day, nth));
        }
        // No name of a day ends with L, so what stands before it is a day.
        if let Some(day) = text.strip_suffix('L').filter(|_| single) {
            return DAY_OF_WEEK.value(whole, day).map(Self::LastOfWeek);
        }
        alone(&DAY_OF_WEEK, whole, text, &['L', '#', '?'], "L, 6L or 6#3")?;
        DAY_OF_WEEK.values(whole, text).map(Self::OfWeek)
    }

    /// The first of them from the day `from` on, in the month that begins with `month`.
    pub(super) fn first(&self, month: Date, from: i8) -> Option<i8> {
        let last = month.days_in_month();
        let found = match self {
            Self::OfMonth(days) => return days_from(from, last, |day| days.contains(number(day))),
            Self::OfWeek(days) => return days_from(from, last, |day| days.contains(weekday(month, day))),
            Self::Last => last,
            Self::Nearest(day) => nearest(month, *day)?,
            Self::LastOfWeek(wanted) => days_from(last - 6, last, |day| weekday(month, day) == *wanted)?,
            Self::Nth(wanted, nth) => {
                let day = days_from(1, 7, |day| weekday(month, day) == *wanted)? + (nth - 1) * 7;
                Some(day).filter(|day| *day <= last)?
            }
        };
        Some(found).filter(|found| *found >= from)
    }
}

/// What means a day by itself stands in no list and in no range.
fn alone(
    field: &super::field::Field,
    whole: &str,
    text: &str,
    marks: &[char],
    which: &str,
) -> Result<(), ExpressionError> {
    if text.contains([',', '-', '/']) && text.contains(marks) {
        return Err(field.wrong(
            whole,
            text,
            format!("{which} must stand alone, without a list, range or step"),
        ));
    }
    Ok(())
}

/// The weekday nearest to a day without leaving the month: the 1st on a Saturday is kept on Monday, the 3rd.
fn nearest(month: Date, day: i8) -> Option<i8> {
    let last = month.days_in_month();
    let date = Date::new(month.year(), month.month(), day).ok()?;
    Some(match date.weekday() {
        Weekday::Saturday if day == 1 => 3,
        Weekday::Saturday => day - 1,
        Weekday::Sunday if day == last => day - 2,
        Weekday::Sunday => day + 1,
        _ => day,
    })
}

fn days_from(from: i8, last: i8, wanted: impl Fn(i8) -> bool) -> Option<i8> {
    (from..=last).find(|day| wanted(*day))
}

/// The day of the week, Sunday being 1.
fn weekday(month: Date, day: i8) -> u16 {
    let first = number(month.weekday().to_sunday_zero_offset());
    (first + number(day) - 1) % 7 + 1
}

fn number(value: i8) -> u16 {
    u16::try_from(value).unwrap_or_default()
}
