//! The time that what has expired is judged by: not whatever the clock says, but what it has been seen to become.
//!
//! A clock that is set years ahead, by mistake or by a broken battery, must not delete everything at once. So a time is
//! kept that follows the clock as long as the clock goes in step with a monotonic one. When the clock has leapt ahead, the
//! kept time goes on by itself, and the clock is believed again once it has stood for a while: long enough for somebody to
//! see the warning and set it right.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The part of the retention by which the clock may leap without a question: what goes early goes by so much at most. A
/// server that has not run for that time sees such a leap as well.
const TOLERATED: u32 = 4;
/// How long a clock that has leapt must have stood, with the server running, until it is believed.
const PROBATION: Duration = Duration::from_hours(24);

/// A time that follows the clock unless the clock leaps ahead. It never goes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedClock {
    /// The time that is trusted.
    pub trusted: Timestamp,
    /// What the clock said when it was last looked at.
    pub clock: Timestamp,
    /// For how many milliseconds the clock has stood ahead of what is trusted; `None` while it is trusted.
    pub ahead_for: Option<u64>,
}

/// What a look at the clock has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// The clock goes in step.
    InStep,
    /// It has leapt ahead since the last look.
    Leapt,
    /// It is still ahead, and not believed yet.
    Ahead,
    /// It has stood long enough and is believed now.
    Believed,
}

impl TrustedClock {
    /// A clock that is trusted at this time.
    pub(super) fn new(trusted: Timestamp) -> Self {
        Self {
            trusted,
            clock: trusted,
            ahead_for: None,
        }
    }

    /// Reads it as it is kept; `None` if it is not written as this version writes it.
    pub fn read(kept: &str) -> Option<Self> {
        serde_json::from_str(kept).ok()
    }

    /// As it is kept.
    pub(super) fn write(&self) -> String {
        serde_json::to_string(self).expect("times and numbers can always be written")
    }

    /// Whether the clock is ahead of what is trusted.
    pub fn is_ahead(&self) -> bool {
        self.ahead_for.is_some()
    }

    /// Takes note of what the clock says. `passed` is what a monotonic clock has measured since the last look: nothing, if
    /// that was in another process.
    pub(super) fn look(&mut self, clock: Timestamp, passed: Duration, retention: Duration) -> Look {
        let tolerated = passed.saturating_add(retention / TOLERATED);
        let leapt = clock > later(self.clock, tolerated);
        self.clock = clock;
        self.trusted = self.trusted.max(later(self.trusted, passed).min(clock));
        if clock <= later(self.trusted, retention / TOLERATED) {
            self.trusted = self.trusted.max(clock);
            self.ahead_for = None;
            return Look::InStep;
        }
        let stood = match self.ahead_for {
            Some(stood) if !leapt => Duration::from_millis(stood).saturating_add(passed),
            _ => Duration::ZERO,
        };
        if stood >= PROBATION.min(retention / TOLERATED) {
            self.trusted = clock;
            self.ahead_for = None;
            return Look::Believed;
        }
        let first = leapt || self.ahead_for.is_none();
        self.ahead_for = Some(u64::try_from(stood.as_millis()).unwrap_or(u64::MAX));
        if first { Look::Leapt } else { Look::Ahead }
    }
}

fn later(time: Timestamp, by: Duration) -> Timestamp {
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{Look, TrustedClock, later};

    const HOUR: Duration = Duration::from_hours(1);
    const DAY: Duration = Duration::from_hours(24);
    const RETENTION: Duration = Duration::from_hours(24 * 90);

    fn start() -> (Timestamp, TrustedClock) {
        let start = "2026-01-01T00:00:00Z".parse().unwrap();
        (start, TrustedClock::new(start))
    }

    #[test]
    fn a_clock_that_goes_in_step_is_trusted() {
        let (mut clock, mut trusted) = start();
        for _ in 0..100 {
            clock = later(clock, HOUR);
            assert_eq!(trusted.look(clock, HOUR, RETENTION), Look::InStep);
            assert_eq!(trusted.trusted, clock);
        }
    }

    #[test]
    fn a_server_that_did_not_run_for_three_weeks_goes_on_at_once() {
        let (start, mut trusted) = start();
        let clock = later(start, DAY * 21);
        assert_eq!(trusted.look(clock, Duration::ZERO, RETENTION), Look::InStep);
        assert_eq!(trusted.trusted, clock);
    }

    #[test]
    fn a_clock_that_leaps_by_years_is_believed_after_it_has_stood_for_a_day() {
        let (start, mut trusted) = start();
        let mut clock = later(start, DAY * 365 * 10);
        assert_eq!(trusted.look(clock, HOUR, RETENTION), Look::Leapt);
        for hour in 2..=24 {
            clock = later(clock, HOUR);
            assert_eq!(trusted.look(clock, HOUR, RETENTION), Look::Ahead);
            assert_eq!(trusted.trusted, later(start, HOUR * hour), "the time goes on by itself");
        }
        clock = later(clock, HOUR);
        assert_eq!(trusted.look(clock, HOUR, RETENTION), Look::Believed);
        assert_eq!((trusted.trusted, trusted.is_ahead()), (clock, false));
    }

    #[test]
    fn a_clock_that_is_set_right_again_leaves_no_trace() {
        let (start, mut trusted) = start();
        trusted.look(later(start, DAY * 3_650), HOUR, RETENTION);
        let clock = later(start, HOUR * 2);
        assert_eq!(trusted.look(clock, HOUR, RETENTION), Look::InStep);
        assert_eq!((trusted.trusted, trusted.is_ahead()), (clock, false));
    }

    #[test]
    fn another_leap_begins_the_day_anew_and_a_restart_does_not() {
        let (start, mut trusted) = start();
        let mut clock = later(start, DAY * 200);
        trusted.look(clock, HOUR, RETENTION);
        clock = later(clock, HOUR * 20);
        assert_eq!(trusted.look(clock, HOUR * 20, RETENTION), Look::Ahead);
        let mut again = TrustedClock::read(&trusted.write()).unwrap();
        clock = later(clock, HOUR * 8);
        assert_eq!(again.look(clock, Duration::ZERO, RETENTION), Look::Ahead);
        clock = later(clock, HOUR * 4);
        assert_eq!(again.look(clock, HOUR * 4, RETENTION), Look::Believed);
        clock = later(clock, DAY * 3_650);
        assert_eq!(trusted.look(clock, HOUR, RETENTION), Look::Leapt);
        assert_eq!(trusted.ahead_for, Some(0));
    }

    #[test]
    fn a_clock_that_is_set_back_takes_nothing_back() {
        let (start, mut trusted) = start();
        let back = start.saturating_sub(DAY * 20_000).unwrap();
        assert_eq!(trusted.look(back, HOUR, RETENTION), Look::InStep);
        assert_eq!(trusted.trusted, start);
        let clock = later(start, HOUR);
        assert_eq!(
            trusted.look(clock, HOUR, RETENTION),
            Look::InStep,
            "a clock set by the network after the start"
        );
    }
}
