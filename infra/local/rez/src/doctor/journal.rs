//! What stands in the journal, and whether the clock agrees with it.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use server::{Inspection, TrustedClock, inspect};

use super::finding::Finding;
use crate::hint::rez;

const JOURNAL: &str = "journal";
const CLOCK: &str = "clock";
const EXECUTIONS: &str = "executions";
const SCHEDULES: &str = "schedules";

/// How much later than the clock something may be that the journal has.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(1);
/// How long a timer may be due while a server runs.
const LATE: SignedDuration = SignedDuration::from_mins(1);
/// Nobody ran this program before.
const FIRST: &str = "2026-01-01T00:00:00Z";

pub(super) fn check(directory: &Path, server_runs: bool) -> Vec<Finding> {
    let now = Timestamp::now();
    let backup = format!("stop {} serve and put a copy of the directory in its place", rez());
    let inspection = match inspect(directory, now) {
        Ok(Some(inspection)) => inspection,
        Ok(None) => return vec![Finding::ok(JOURNAL, "there is none yet"), clock(now, None, None)],
        Err(error) => return vec![Finding::problem(JOURNAL, format!("it cannot be read: {error}"), backup)],
    };
    let (found, known) = inspection.schema;
    if found > known {
        let seen = format!("it has schema version {found}, this program knows versions up to {known}");
        return vec![Finding::problem(JOURNAL, seen, "use a newer version of rez")];
    }
    let mut findings = vec![match inspection.sound {
        Some(false) => Finding::problem(JOURNAL, "its pages are damaged", backup),
        Some(true) => Finding::ok(JOURNAL, format!("schema version {found}, its pages are in order")),
        None => Finding::ok(
            JOURNAL,
            format!("schema version {found}, too large for a check of its pages"),
        ),
    }];
    let trusted = inspection.retention_clock.as_deref().and_then(TrustedClock::read);
    findings.push(clock(now, inspection.newest, trusted.as_ref()));
    findings.extend(executions(&inspection, now, server_runs));
    findings.push(schedules(&inspection, now, server_runs));
    findings
}

fn clock(now: Timestamp, newest: Option<Timestamp>, trusted: Option<&TrustedClock>) -> Finding {
    let remedy = "set the clock, and let it be set by NTP";
    if FIRST.parse().is_ok_and(|first: Timestamp| now < first) {
        return Finding::problem(CLOCK, format!("it says {now:.0}"), remedy);
    }
    match newest {
        Some(newest) if newest > now.saturating_add(CLOCKS_DIFFER).unwrap_or(Timestamp::MAX) => {
            let seen = format!("it says {now:.0}, but something happened at {newest:.0} already");
            Finding::problem(
                CLOCK,
                seen,
                format!("{remedy}: timers fire late until it has caught up"),
            )
        }
        // A clock that has been set right since is before the time that it was seen to leap to.
        _ => match trusted.filter(|trusted| trusted.is_ahead() && now >= trusted.clock) {
            Some(trusted) => {
                let seen = format!("it says {now:.0}, and was at {:.0} before it leapt", trusted.trusted);
                let kept = "what would have expired by it is kept until it has stood for a day while a server runs";
                Finding::warning(CLOCK, seen, format!("{remedy} if it is wrong: {kept}"))
            }
            None => Finding::ok(CLOCK, format!("it says {now:.0}")),
        },
    }
}

fn executions(inspection: &Inspection, now: Timestamp, server_runs: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !inspection.stuck.is_empty() {
        findings.push(Finding::problem(
            EXECUTIONS,
            format!("stuck, waiting for nothing: {}", inspection.stuck.join(", ")),
            format!(
                "restart {} serve; if they stay, stop them with StopExecution and report it",
                rez()
            ),
        ));
    }
    let late = inspection
        .oldest_due
        .map(|due| now.duration_since(due))
        .filter(|late| *late > LATE);
    if let Some(late) = late.filter(|_| server_runs) {
        findings.push(Finding::problem(
            EXECUTIONS,
            format!("{} timers are due, the oldest for {} s", inspection.due, late.as_secs()),
            format!("look at the log of {} serve, then restart it", rez()),
        ));
    }
    let Inspection {
        open,
        tasks,
        due,
        outbox,
        queued,
        ..
    } = inspection;
    let seen = format!(
        "{open} open, {tasks} tasks in flight, {due} timers due, {outbox} follow-ups, {queued} queued messages"
    );
    findings.push(Finding::ok(EXECUTIONS, seen));
    findings
}

fn schedules(inspection: &Inspection, now: Timestamp, server_runs: bool) -> Finding {
    let late = inspection.oldest_schedule.map(|due| now.duration_since(due));
    let remedy = format!("look at the log of {} serve, then restart it", rez());
    match (inspection.schedules, late.filter(|late| *late > LATE)) {
        (_, Some(late)) if server_runs => {
            let seen = format!("one should have fired {} s ago", late.as_secs());
            Finding::problem(SCHEDULES, seen, remedy)
        }
        (waiting, _) if waiting > 0 && !server_runs => Finding::warning(
            SCHEDULES,
            format!("{waiting} wait to fire, and no server runs"),
            format!("start {} serve: schedules fire while it runs", rez()),
        ),
        (waiting, _) => Finding::ok(SCHEDULES, format!("{waiting} wait for their next time")),
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, ToSpan as _};
    use server::{Inspection, TrustedClock};

    use super::super::finding::Level;
    use super::{clock, schedules};

    #[test]
    fn schedules_that_are_overdue_are_a_problem_while_a_server_runs() {
        let now: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        let mut seen = Inspection::unknown((5, 5));
        let level = |seen: &Inspection, runs| schedules(seen, now, runs).level;
        assert_eq!(
            (level(&seen, true), level(&seen, false)),
            (Level::Ok, Level::Ok),
            "there are none"
        );
        seen.schedules = 1;
        assert_eq!((level(&seen, true), level(&seen, false)), (Level::Ok, Level::Warning));
        seen.oldest_schedule = Some(now - 1.minute());
        assert_eq!(level(&seen, true), Level::Ok);
        seen.oldest_schedule = Some(now - 61.seconds());
        assert_eq!(level(&seen, true), Level::Problem);
    }

    #[test]
    fn a_clock_that_has_leapt_is_told_until_it_is_set_right() {
        let before: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        let leapt: Timestamp = "2036-06-01T00:00:00Z".parse().unwrap();
        let mut trusted = TrustedClock {
            trusted: before,
            clock: leapt,
            ahead_for: Some(0),
        };
        let found = clock(leapt + 1.hour(), Some(leapt), Some(&trusted));
        assert_eq!(found.level, Level::Warning);
        assert!(found.seen.contains("was at 2026-06-01T00:00:00Z"), "{}", found.seen);
        assert_eq!(clock(before + 1.hour(), None, Some(&trusted)).level, Level::Ok);
        trusted.ahead_for = None;
        assert_eq!(clock(leapt, Some(leapt), Some(&trusted)).level, Level::Ok);
    }
}
