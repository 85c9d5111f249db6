//! The times at which a schedule fires.

use jiff::{SignedDuration, Timestamp};

use crate::zone::Occurs;
use crate::{Expression, Zone};

/// An expression with everything that it needs to mean times.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// When to fire.
    pub expression: Expression,
    /// Whose clocks `cron` and `at` are about.
    pub zone: Zone,
    /// It does not fire before this. A rate counts from here. `at` does not heed it.
    pub start: Option<Timestamp>,
    /// It does not fire after this. `at` does not heed it.
    pub end: Option<Timestamp>,
    /// When it was created: a rate without a start counts from here.
    pub created_at: Timestamp,
}

impl Schedule {
    /// The first time at `at` or after it; `None` if there is none any more. Times are whole seconds.
    ///
    /// When clocks go forward, a time of `cron` that they leave out is left out; when they go back, a time that they show
    /// twice counts the first time. A rate knows nothing of clocks: a day is 24 hours.
    pub fn at_or_after(&self, at: Timestamp) -> Option<Timestamp> {
        let from = self.start.map_or(at, |start| whole(start).max(at));
        let found = match &self.expression {
            Expression::Rate(rate) => rate.at_or_after(self.start.unwrap_or(self.created_at), from),
            Expression::Cron(cron) => cron.at_or_after(&self.zone, from),
            Expression::At(local) => return self.once(*local).filter(|once| *once >= at),
        };
        found.filter(|found| self.end.is_none_or(|end| *found <= end))
    }

    /// The first time after `after`.
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        self.at_or_after(after.checked_add(SignedDuration::from_nanos(1)).ok()?)
    }

    /// The times after `after`, earliest first.
    pub fn upcoming(&self, after: Timestamp) -> impl Iterator<Item = Timestamp> + '_ {
        std::iter::successors(self.next(after), |last| self.next(*last))
    }

    /// The last time of those from `from` to `until`, both included: what is left to be made up for when several have
    /// passed. It is looked for one by one: `cron` fires once a minute at most.
    pub fn last_within(&self, from: Timestamp, until: Timestamp) -> Option<Timestamp> {
        let first = self.at_or_after(from)?;
        let passed = std::iter::successors(Some(first), |last| self.next(*last)).take_while(|time| *time <= until);
        passed.last()
    }

    fn once(&self, local: jiff::civil::DateTime) -> Option<Timestamp> {
        match self.zone.occurs(local) {
            Occurs::At(at) => Some(at),
            Occurs::Never => None,
        }
    }
}

/// The second that a time lies in.
fn whole(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).map_or(time, |second| second.min(time))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::Schedule;
    use crate::{Expression, Zone};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn schedule(expression: &str, zone: &str) -> Schedule {
        Schedule {
            expression: Expression::parse(expression).unwrap(),
            zone: Zone::named(zone).unwrap(),
            start: None,
            end: None,
            created_at: at("2026-01-01T00:00:30.5Z"),
        }
    }

    #[test]
    fn a_rate_begins_with_its_start_or_its_creation() {
        let rate = schedule("rate(1 day)", "UTC");
        assert_eq!(
            rate.at_or_after(at("2025-01-01T00:00:00Z")),
            Some(at("2026-01-01T00:00:30Z"))
        );
        assert_eq!(rate.next(at("2026-01-01T00:00:30Z")), Some(at("2026-01-02T00:00:30Z")));
        let later = Schedule {
            start: Some(at("2026-02-01T12:00:00Z")),
            end: Some(at("2026-02-02T12:00:00Z")),
            ..rate
        };
        let times: Vec<_> = later.upcoming(at("2025-01-01T00:00:00Z")).collect();
        assert_eq!(times, [at("2026-02-01T12:00:00Z"), at("2026-02-02T12:00:00Z")]);
    }

    #[test]
    fn a_day_of_a_rate_has_24_hours_and_one_of_cron_what_clocks_make_of_it() {
        let before = at("2026-03-28T11:00:00Z");
        let rate = Schedule {
            start: Some(before),
            ..schedule("rate(1 day)", "Europe/Berlin")
        };
        assert_eq!(rate.next(before), Some(at("2026-03-29T11:00:00Z")));
        let cron = schedule("cron(0 12 * * ? *)", "Europe/Berlin");
        assert_eq!(cron.next(before), Some(at("2026-03-29T10:00:00Z")));
    }

    #[test]
    fn a_left_out_time_is_left_out_and_a_repeated_one_counts_once() {
        let cron = schedule("cron(30 2 * * ? *)", "Europe/Berlin");
        let spring: Vec<_> = cron.upcoming(at("2026-03-27T12:00:00Z")).take(2).collect();
        assert_eq!(spring, [at("2026-03-28T01:30:00Z"), at("2026-03-30T00:30:00Z")]);
        let autumn: Vec<_> = cron.upcoming(at("2026-10-24T12:00:00Z")).take(2).collect();
        assert_eq!(autumn, [at("2026-10-25T00:30:00Z"), at("2026-10-26T01:30:00Z")]);
    }

    #[test]
    fn once_is_once_whatever_start_and_end_say() {
        let once = Schedule {
            start: Some(at("2027-01-01T00:00:00Z")),
            end: Some(at("2026-01-01T00:00:00Z")),
            ..schedule("at(2026-12-24T18:00:05)", "America/New_York")
        };
        let time = at("2026-12-24T23:00:05Z");
        assert_eq!((once.at_or_after(time), once.next(time)), (Some(time), None));
        assert_eq!(
            schedule("at(2026-03-29T02:30:00)", "Europe/Berlin").at_or_after(Timestamp::MIN),
            None
        );
    }

    #[test]
    fn what_is_left_of_a_long_absence_is_the_last_time() {
        let cron = schedule("cron(0/10 * * * ? *)", "UTC");
        let last = |from, until| cron.last_within(at(from), at(until));
        assert_eq!(
            last("2026-05-01T00:00:00Z", "2026-05-02T00:09:59Z"),
            Some(at("2026-05-02T00:00:00Z"))
        );
        assert_eq!(
            last("2026-05-02T00:00:00Z", "2026-05-02T00:00:00Z"),
            Some(at("2026-05-02T00:00:00Z"))
        );
        assert_eq!(last("2026-05-02T00:00:01Z", "2026-05-02T00:09:59Z"), None);
    }

    #[test]
    fn what_never_comes_is_not_looked_for_for_ever() {
        for never in ["cron(0 0 31 2 ? *)", "cron(0 0 1 1 ? 1999)", "cron(30 2 ? 3 1#5 2027)"] {
            assert_eq!(
                schedule(never, "Europe/Berlin").next(at("2026-01-01T00:00:00Z")),
                None,
                "{never}"
            );
        }
    }
}
