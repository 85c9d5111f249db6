//! Fields and what they mean.

use jiff::civil::DateTime;

use crate::{Expression, Zone};

/// The first local times from a day on, in a zone without transitions.
fn times(fields: &str, from: &str, count: usize) -> Vec<String> {
    let Expression::Cron(cron) = Expression::parse(&format!("cron({fields})")).unwrap() else {
        panic!("{fields} is no cron")
    };
    let mut at: DateTime = from.parse().unwrap();
    let mut found = Vec::new();
    while found.len() < count {
        let Some(local) = cron.local(at) else { break };
        found.push(local.strftime("%Y-%m-%d %H:%M").to_string());
        at = local + jiff::SignedDuration::from_mins(1);
    }
    found
}

#[test]
fn each_form_of_a_field_means_its_times() {
    // The examples of EventBridge's documentation are among them: 2026-01-01 is a Thursday.
    let cases: [(&str, &[&str]); 19] = [
        ("0 10 * * ? *", &["2026-01-01 10:00", "2026-01-02 10:00"]),
        ("15 12 * * ? *", &["2026-01-01 12:15", "2026-01-02 12:15"]),
        (
            "0 18 ? * MON-FRI *",
            &["2026-01-01 18:00", "2026-01-02 18:00", "2026-01-05 18:00"],
        ),
        ("0 8 1 * ? *", &["2026-01-01 08:00", "2026-02-01 08:00"]),
        ("0/15 * * * ? *", &["2026-01-01 00:00", "2026-01-01 00:15"]),
        ("0/5 8-17 ? * MON-FRI *", &["2026-01-01 08:00", "2026-01-01 08:05"]),
        (
            "50/4 23 * * ? *",
            &[
                "2026-01-01 23:50",
                "2026-01-01 23:54",
                "2026-01-01 23:58",
                "2026-01-02 23:50",
            ],
        ),
        (
            "7,3,7 0 1-5/2 * ? *",
            &["2026-01-01 00:03", "2026-01-01 00:07", "2026-01-03 00:03"],
        ),
        ("15 10 ? * 6L 2019-2027", &["2026-01-30 10:15", "2026-02-27 10:15"]),
        ("0 0 ? * 6#3 *", &["2026-01-16 00:00", "2026-02-20 00:00"]),
        ("0 0 ? * sun#5 *", &["2026-03-29 00:00", "2026-05-31 00:00"]),
        ("0 0 ? * L *", &["2026-01-03 00:00", "2026-01-10 00:00"]),
        ("0 0 ? * friL *", &["2026-01-30 00:00", "2026-02-27 00:00"]),
        ("0 0 L * ? *", &["2026-01-31 00:00", "2026-02-28 00:00"]),
        ("0 0 L FEB ? 2028/4", &["2028-02-29 00:00", "2032-02-29 00:00"]),
        // The 1st of August 2026 is a Saturday, the 31st of May a Sunday.
        ("0 0 1W aug ? *", &["2026-08-03 00:00", "2027-08-02 00:00"]),
        (
            "0 0 31W * ? *",
            &["2026-01-30 00:00", "2026-03-31 00:00", "2026-05-29 00:00"],
        ),
        (
            "0 0 15W * ? *",
            &["2026-01-15 00:00", "2026-02-16 00:00", "2026-03-16 00:00"],
        ),
        ("0 0 29 2 ? *", &["2028-02-29 00:00", "2032-02-29 00:00"]),
    ];
    for (fields, expected) in cases {
        assert_eq!(times(fields, "2026-01-01T00:00", expected.len()), expected, "{fields}");
    }
}

#[test]
fn a_field_that_means_nothing_is_named_and_marked() {
    let cases = [
        ("60 9 * * ? *", "minutes: 60 is out of range: write 0 to 59", "60"),
        ("x 9 * * ? *", "minutes: is not understood: write 0 to 59", "x"),
        ("0, 9 * * ? *", "minutes: a value is missing: write 0 to 59", ""),
        (
            "0 9-8 * * ? *",
            "hours: goes backwards: write 9-8 as two, with a comma between them",
            "9-8",
        ),
        ("0/0 9 * * ? *", "minutes: a step must be 1 to 59", "0"),
        ("0/60 9 * * ? *", "minutes: a step must be 1 to 59", "60"),
        ("0 9/-1 * * ? *", "hours: a step must be 1 to 23", "-1"),
        ("0 +9 * * ? *", "hours: is not understood: write 0 to 23", "+9"),
        ("0 9 0 * ? *", "day of month: 0 is out of range: write 1 to 31", "0"),
        ("0 9 32W * ? *", "day of month: 32 is out of range: write 1 to 31", "32"),
        (
            "0 9 * JANUARY ? *",
            "month: is not understood: write 1 to 12 or JAN to DEC",
            "JANUARY",
        ),
        (
            "0 9 ? * 8 *",
            "day of week: 8 is out of range: write 1 to 7 or SUN to SAT",
            "8",
        ),
        (
            "0 9 ? * 0 *",
            "day of week: 0 is out of range: write 1 to 7 or SUN to SAT",
            "0",
        ),
        (
            "0 9 ? * 2/2 *",
            "day of week: takes no steps: list the days, as MON,WED,FRI",
            "2/2",
        ),
        (
            "0 9 ? * 3#6 *",
            "day of week: after # comes which one: write 1 to 5",
            "6",
        ),
        (
            "0 9 ? * ?L *",
            "day of week: is not understood: write 1 to 7 or SUN to SAT",
            "?",
        ),
        (
            "0 9 * * ? 1969",
            "year: 1969 is out of range: write 1970 to 2199",
            "1969",
        ),
        (
            "0 9 * * ? 22000",
            "year: is not understood: write 1970 to 2199",
            "22000",
        ),
        ("0 ? * * ? *", "hours: is not understood: write 0 to 23", "?"),
    ];
    for (fields, message, mark) in cases {
        let error = Expression::parse(&format!("cron({fields})")).unwrap_err();
        assert_eq!(error.to_string(), message, "{fields}");
        let shown = format!("{error:#}");
        let marked = shown.lines().last().unwrap();
        assert_eq!(marked.matches('^').count(), mark.len().max(1), "{fields}");
        let begin = marked.find('^').unwrap() - 2;
        assert!(
            format!("cron({fields})")[begin..].starts_with(mark),
            "{fields}: {shown}"
        );
    }
}

#[test]
fn rules_between_fields_are_named() {
    let cases = [
        (
            "0 9 * * * *",
            "day of week: only one of the fields for days may be said: write ? in the other",
        ),
        (
            "0 9 1 * MON *",
            "day of week: only one of the fields for days may be said: write ? in the other",
        ),
        (
            "0 9 ? * ? *",
            "day of week: both fields for days are ?: say one of them, or * for every day",
        ),
        (
            "0 9 L,15 * ? *",
            "day of month: L, or W with one day, as 15W, must stand alone, without a list, range or step",
        ),
        (
            "0 9 1,15W * ? *",
            "day of month: L, or W with one day, as 15W, must stand alone, without a list, range or step",
        ),
        ("0 9 LW * ? *", "day of month: is not understood: write 1 to 31"),
        (
            "0 9 ? * 3#1,6#3 *",
            "day of week: L, 6L or 6#3 must stand alone, without a list, range or step",
        ),
        (
            "0 9 ? * MON,6L *",
            "day of week: L, 6L or 6#3 must stand alone, without a list, range or step",
        ),
        (
            "0 9 * * ?",
            "expression: cron takes six fields (minutes, hours, day of month, month, day of week, year) and has 5: write cron(0 9 * * ? *)",
        ),
        (
            "0 0 9 * * ? *",
            "expression: cron takes six fields (minutes, hours, day of month, month, day of week, year) and has 7: write cron(0 9 * * ? *)",
        ),
    ];
    for (fields, message) in cases {
        let error = Expression::parse(&format!("cron({fields})")).unwrap_err();
        assert_eq!(error.to_string(), message, "{fields}");
    }
}

#[test]
fn a_zone_without_transitions_shows_what_is_asked_for() {
    let Expression::Cron(cron) = Expression::parse("cron(30 9 * * ? *)").unwrap() else {
        panic!()
    };
    let kolkata = Zone::named("Asia/Kolkata").unwrap();
    let at = |text: &str| text.parse().unwrap();
    for (asked, answer) in [
        ("2026-01-01T04:00:00Z", "2026-01-01T04:00:00Z"),
        ("2026-01-01T04:00:00.000000001Z", "2026-01-02T04:00:00Z"),
        ("2026-01-01T03:59:59.9Z", "2026-01-01T04:00:00Z"),
        ("1899-01-01T00:00:00Z", "1970-01-01T04:00:00Z"),
    ] {
        assert_eq!(cron.at_or_after(&kolkata, at(asked)), Some(at(answer)), "{asked}");
    }
    assert_eq!(cron.at_or_after(&kolkata, at("2199-12-31T04:00:01Z")), None);
}
