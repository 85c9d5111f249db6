//! Expressions of `cron` as the oracle has them: what is wanted, how it is written, and whether a time has it.

use std::fmt;

use jiff::civil::{DateTime, Time};
use proptest::prelude::*;

use crate::calendar::{self, WallDate};

/// One piece of a list.
#[derive(Clone, Debug)]
enum Piece {
    One(i16),
    Range(i16, i16),
    /// From, to (or to the end), by.
    Steps(i16, Option<i16>, i16),
    All,
    /// `*/n`.
    Every(i16),
}

/// A field that lists values; the words, if they are written so, and the values that it may have.
#[derive(Clone, Debug)]
struct List {
    pieces: Vec<Piece>,
    low: i16,
    words: Option<&'static [&'static str]>,
}

/// What stands in the fields for days.
#[derive(Clone, Debug)]
enum WantedDays {
    OfMonth(List),
    Last,
    Nearest(i8),
    OfWeek(List),
    LastOfWeek(i8),
    LastOfAnyWeek,
    Nth(i8, i8),
}

/// What is wanted of a time.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    minutes: List,
    hours: List,
    days: WantedDays,
    months: List,
    years: List,
}

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Piece {
    fn has(&self, value: i16, low: i16) -> bool {
        match *self {
            Self::All => true,
            Self::One(one) => value == one,
            Self::Range(from, to) => from <= value && value <= to,
            Self::Steps(from, to, by) => value >= from && to.is_none_or(|to| value <= to) && (value - from) % by == 0,
            Self::Every(by) => (value - low) % by == 0,
        }
    }
}

impl List {
    fn has(&self, value: impl Into<i16>) -> bool {
        let value = value.into();
        self.pieces.iter().any(|piece| piece.has(value, self.low))
    }
}

impl Wanted {
    /// Whether a clock that shows this makes it fire.
    pub(crate) fn fires(&self, shown: Time, day: WallDate) -> bool {
        shown.second() == 0 && self.has_time(shown.hour().into(), shown.minute().into()) && self.has_day(day)
    }

    pub(crate) fn has_time(&self, hour: i16, minute: i16) -> bool {
        self.hours.has(hour) && self.minutes.has(minute)
    }

    pub(crate) fn has_day(&self, shown: WallDate) -> bool {
        let length = calendar::length(shown.year, shown.month);
        let day = match &self.days {
            WantedDays::OfMonth(list) => list.has(shown.day),
            WantedDays::OfWeek(list) => list.has(shown.weekday),
            WantedDays::Last => shown.day == length,
            WantedDays::LastOfAnyWeek => shown.weekday == 7,
            WantedDays::LastOfWeek(weekday) => shown.weekday == *weekday && shown.day + 7 > length,
            WantedDays::Nth(weekday, nth) => shown.weekday == *weekday && (shown.day - 1) / 7 + 1 == *nth,
            WantedDays::Nearest(day) => *day <= length && shown.day == nearest(shown, *day, length),
        };
        day && self.months.has(shown.month) && self.years.has(shown.year)
    }

    /// Expressions that have times near a local one: every minute, some minutes of some hours, and that very minute.
    pub(crate) fn near(local: DateTime) -> [Self; 3] {
        let all = |low| list(vec![Piece::All], low);
        let every = Self {
            minutes: all(0),
            hours: all(0),
            days: WantedDays::OfMonth(all(1)),
            months: all(1),
            years: all(1970),
        };
        let some = Self {
            minutes: list(vec![Piece::Steps(3, None, 7), Piece::Every(30)], 0),
            hours: list(vec![Piece::Range(0, 5), Piece::One(23)], 0),
            ..every.clone()
        };
        let weekday = calendar::weekday(local.year(), local.month(), local.day());
        let that = Self {
            minutes: list(vec![Piece::One(local.minute().into()), Piece::One(30)], 0),
            days: WantedDays::Nth(weekday, (local.day() - 1) / 7 + 1),
            ..every.clone()
        };
        [every, some, that]
    }
}

/// Of the days of this month that are no Saturday and no Sunday, the one with the least distance; on the same distance
/// there is none to choose, since a weekend has two days.
fn nearest(shown: WallDate, day: i8, length: i8) -> i8 {
    let working = |day: &i8| !matches!(calendar::weekday(shown.year, shown.month, *day), 1 | 7);
    (1..=length)
        .filter(working)
        .min_by_key(|other| (*other - day).abs())
        .unwrap()
}

fn list(pieces: Vec<Piece>, low: i16) -> List {
    List {
        pieces,
        low,
        words: None,
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |value: i16| match self.words {
            Some(words) => words[usize::try_from(value - self.low).unwrap()].to_owned(),
            None => value.to_string(),
        };
        let pieces = self.pieces.iter().map(|piece| match *piece {
            Piece::All => "*".to_owned(),
            Piece::One(one) => word(one),
            Piece::Range(from, to) => format!("{}-{}", word(from), word(to)),
            Piece::Steps(from, Some(to), by) => format!("{}-{}/{by}", word(from), word(to)),
            Piece::Steps(from, None, by) => format!("{}/{by}", word(from)),
            Piece::Every(by) => format!("*/{by}"),
        });
        f.write_str(&pieces.collect::<Vec<_>>().join(","))
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (month, week) = match &self.days {
            WantedDays::OfMonth(list) => (list.to_string(), "?".to_owned()),
            WantedDays::Last => ("L".to_owned(), "?".to_owned()),
            WantedDays::Nearest(day) => (format!("{day}W"), "?".to_owned()),
            WantedDays::OfWeek(list) => ("?".to_owned(), list.to_string()),
            WantedDays::LastOfWeek(day) => ("?".to_owned(), format!("{day}L")),
            WantedDays::LastOfAnyWeek => ("?".to_owned(), "L".to_owned()),
            WantedDays::Nth(day, nth) => ("?".to_owned(), format!("{day}#{nth}")),
        };
        let Self {
            minutes,
            hours,
            months,
            years,
            ..
        } = self;
        write!(f, "cron({minutes} {hours} {month} {months} {week} {years})")
    }
}

fn piece(low: i16, high: i16, steps: bool) -> impl Strategy<Value = Piece> {
    let most = high - low;
    let ordered = (low..=high, low..=high).prop_map(|(a, b)| (a.min(b), a.max(b)));
    let one = (low..=high).prop_map(Piece::One);
    let range = ordered.clone().prop_map(|(from, to)| Piece::Range(from, to));
    if steps {
        prop_oneof![
            3 => one,
            2 => range,
            1 => Just(Piece::All),
            1 => (1..=most).prop_map(Piece::Every),
            1 => (low..=high, 1..=most).prop_map(|(from, by)| Piece::Steps(from, None, by)),
            1 => (ordered, 1..=most).prop_map(|((from, to), by)| Piece::Steps(from, Some(to), by)),
        ]
        .boxed()
    } else {
        prop_oneof![3 => one, 2 => range, 1 => Just(Piece::All)].boxed()
    }
}

fn values(low: i16, high: i16, words: Option<&'static [&'static str]>, steps: bool) -> BoxedStrategy<List> {
    let pieces = prop::collection::vec(piece(low, high, steps), 1..4);
    (pieces, any_words(words))
        .prop_map(move |(pieces, words)| List { pieces, low, words })
        .boxed()
}

fn any_words(words: Option<&'static [&'static str]>) -> impl Strategy<Value = Option<&'static [&'static str]>> {
    any_bool().prop_map(move |written| words.filter(|_| written))
}

fn any_bool() -> impl Strategy<Value = bool> {
    prop::bool::ANY
}

fn all(low: i16) -> BoxedStrategy<List> {
    Just(list(vec![Piece::All], low)).boxed()
}

fn some_days() -> impl Strategy<Value = WantedDays> {
    prop_oneof![
        values(1, 31, None, true).prop_map(WantedDays::OfMonth),
        values(1, 7, Some(&DAYS), false).prop_map(WantedDays::OfWeek),
        Just(WantedDays::Last),
        Just(WantedDays::LastOfAnyWeek),
        (1_i8..=31).prop_map(WantedDays::Nearest),
        (1_i8..=7).prop_map(WantedDays::LastOfWeek),
        (1_i8..=7, 1_i8..=5).prop_map(|(day, nth)| WantedDays::Nth(day, nth)),
    ]
}

fn wanted(
    days: impl Strategy<Value = WantedDays>,
    months: BoxedStrategy<List>,
    years: BoxedStrategy<List>,
) -> impl Strategy<Value = Wanted> {
    let time = (values(0, 59, None, true), values(0, 23, None, true));
    (time, days, months, years).prop_map(|((minutes, hours), days, months, years)| Wanted {
        minutes,
        hours,
        days,
        months,
        years,
    })
}

/// Any expression.
pub(crate) fn any() -> impl Strategy<Value = Wanted> {
    let years = prop_oneof![3 => all(1970), 1 => values(1970, 2199, None, true)];
    wanted(some_days(), values(1, 12, Some(&MONTHS), true), years.boxed())
}

/// Expressions that fire on most days.
pub(crate) fn dense() -> impl Strategy<Value = Wanted> {
    let days = prop_oneof![
        2 => all(1).prop_map(WantedDays::OfMonth),
        1 => some_days(),
    ];
    wanted(days, all(1), all(1970))
}
