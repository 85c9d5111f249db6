use super::*;

/// Runs `script` from a closed breaker, one observation a row as `(second, observation)`, and writes down how it stands
/// after each: `C3` closed with 3 failures, `O` open, `H1` half open with 1 success, `H1!` the same with a probe, and a
/// question mark behind it where a question was refused.
fn run(script: &[(i64, Observation)]) -> String {
    let mut breaker = Breaker::default();
    let steps = script.iter().map(|(second, observation)| {
        let step = transition(&breaker, *observation, at(*second), &Thresholds::default());
        breaker = step.next.unwrap_or_else(|| breaker.clone());
        let refused = if matches!(step.permit, Permit::Refused { .. }) {
            "?"
        } else {
            ""
        };
        format!("{}{refused}", short(&breaker))
    });
    steps.collect::<Vec<_>>().join(" ")
}

fn short(breaker: &Breaker) -> String {
    match breaker {
        Breaker::Closed { failures } => format!("C{}", failures.len()),
        Breaker::Open { .. } => "O".to_owned(),
        Breaker::HalfOpen { successes, probe, .. } => format!("H{successes}{}", if probe.is_some() { "!" } else { "" }),
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

const FAILED: Observation = Observation::Failed { ticket: None };
const SUCCEEDED: Observation = Observation::Succeeded { ticket: None };

fn asks(ticket: u64) -> Observation {
    Observation::Asked { ticket }
}

fn succeeds(ticket: u64) -> Observation {
    Observation::Succeeded { ticket: Some(ticket) }
}

fn fails(ticket: u64) -> Observation {
    Observation::Failed { ticket: Some(ticket) }
}

/// Five failures in the first five seconds: open until second 34.
fn opened(then: &[(i64, Observation)]) -> String {
    let mut script: Vec<_> = (0..5).map(|second| (second, FAILED)).collect();
    script.extend_from_slice(then);
    run(&script).strip_prefix("C1 C2 C3 C4 O ").unwrap().to_owned()
}

#[test]
fn five_failures_within_a_minute_open_it() {
    assert_eq!(
        run(&[(0, FAILED), (14, FAILED), (29, FAILED), (44, FAILED), (59, FAILED)]),
        "C1 C2 C3 C4 O"
    );
}

#[test]
fn five_failures_in_more_than_a_minute_do_not() {
    assert_eq!(
        run(&[(0, FAILED), (15, FAILED), (30, FAILED), (45, FAILED), (60, FAILED)]),
        "C1 C2 C3 C4 C4"
    );
}

#[test]
fn a_success_does_not_make_failures_undone() {
    assert_eq!(
        run(&[(0, FAILED), (1, SUCCEEDED), (1, asks(1)), (2, FAILED)]),
        "C1 C1 C1 C2"
    );
}

#[test]
fn an_open_breaker_refuses_for_thirty_seconds() {
    assert_eq!(opened(&[(5, asks(1)), (33, asks(1)), (34, asks(1))]), "O? O? H0!");
}

#[test]
fn half_open_one_probe_at_a_time_passes_and_two_successes_close() {
    let script = [
        (34, asks(1)),
        (34, asks(2)),
        (35, succeeds(1)),
        (35, asks(3)),
        (36, asks(4)),
        (37, succeeds(3)),
    ];
    assert_eq!(opened(&script), "H0! H0!? H1 H1! H1!? C0");
}

#[test]
fn half_open_one_failure_opens_for_thirty_seconds_more() {
    assert_eq!(
        opened(&[(34, asks(1)), (36, fails(1)), (65, asks(2)), (66, asks(2))]),
        "H0! O O? H0!"
    );
}

#[test]
fn a_probe_that_says_nothing_makes_room_for_the_next() {
    let undecided = Observation::Undecided { ticket: Some(1) };
    assert_eq!(opened(&[(34, asks(1)), (35, undecided), (35, asks(2))]), "H0! H0 H0!");
}

#[test]
fn a_lost_probe_ends_by_itself_and_its_late_report_counts_for_nothing() {
    let script = [
        (34, asks(1)),
        (63, asks(2)),
        (64, asks(2)),
        (65, fails(1)),
        (66, succeeds(2)),
    ];
    assert_eq!(opened(&script), "H0! H0!? H0! H0! H1");
}

#[test]
fn reports_of_before_it_opened_count_for_nothing() {
    let script = [
        (6, FAILED),
        (7, SUCCEEDED),
        (34, asks(1)),
        (35, FAILED),
        (35, SUCCEEDED),
    ];
    assert_eq!(opened(&script), "O O H0! H0! H0!");
}

#[test]
fn a_person_closes_it_from_anywhere() {
    assert_eq!(run(&[(0, FAILED), (1, Observation::Reset)]), "C1 C0");
    assert_eq!(opened(&[(5, Observation::Reset), (6, asks(1))]), "C0 C0");
    assert_eq!(
        opened(&[(34, asks(1)), (35, Observation::Reset), (36, fails(1))]),
        "H0! C0 C1"
    );
}

#[test]
fn the_time_of_a_refusal_is_the_time_to_ask_again() {
    let open = Breaker::Open {
        until: at(30),
        since: at(0),
    };
    let step = transition(&open, asks(1), at(0), &Thresholds::default());
    assert_eq!(step.permit, Permit::Refused { until: at(30) });
}

#[test]
fn an_outage_lasts_until_the_service_is_reached() {
    let mut breaker = Breaker::default();
    let script = [
        (0, FAILED, None),
        (1, FAILED, None),
        (2, FAILED, None),
        (3, FAILED, None),
        (4, FAILED, Some(4)),
        (34, asks(1), Some(4)),
        (35, fails(1), Some(4)),
        (65, asks(2), Some(4)),
        (66, succeeds(2), Some(66)),
        (67, asks(3), Some(66)),
        (68, fails(3), Some(66)),
        (98, asks(4), Some(66)),
        (99, succeeds(4), Some(99)),
        (99, asks(5), Some(99)),
        (99, succeeds(5), None),
    ];
    for (second, observation, since) in script {
        let step = transition(&breaker, observation, at(second), &Thresholds::default());
        breaker = step.next.unwrap_or(breaker);
        assert_eq!(breaker.since(), since.map(at), "at second {second}");
    }
}

#[test]
fn an_item_that_does_not_say_when_the_outage_began_is_read() {
    let before: Breaker = serde_json::from_str(r#"{"state":"OPEN","until":"2026-11-25T00:00:30Z"}"#).unwrap();
    assert_eq!(before.since(), Some(Timestamp::UNIX_EPOCH));
}
