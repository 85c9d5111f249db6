//! Outages of ntfy.

use contracts::{DeliverError, Delivery};
use engine::ExecutionStatus;
use serde_json::json;

use crate::simulation::{Answer, Call, declared, run, unavailable, well};

fn delivers(call: &Call) -> bool {
    call.state.starts_with("Deliver")
}

fn asks_to_wait(retry_after: u32) -> Answer {
    declared(&DeliverError::RateLimited {
        retry_after,
        may_be_sent: false,
    })
}

fn circuit_open(retry_after: u32, failing_for: u32, may_be_sent: bool) -> Answer {
    declared(&DeliverError::CircuitOpen {
        retry_after,
        failing_for,
        may_be_sent,
    })
}

#[test]
fn short_patience_ends_promptly_after_four_attempts() {
    for seed in 0..20 {
        let run = run(&json!({ "body": "hello", "patience": 10 }), seed, |call| {
            if delivers(call) { unavailable() } else { well(call) }
        });
        let attempts = run.calls.iter().filter(|call| delivers(call)).collect::<Vec<_>>();
        assert_eq!(attempts.len(), 4);
        for (pair, longest) in attempts.windows(2).zip([1_000, 2_000, 4_000]) {
            assert!(pair[1].at - pair[0].at <= longest, "{attempts:?}");
        }
        let numbers = attempts
            .iter()
            .map(|call| call.input::<Delivery>().attempt)
            .collect::<Vec<_>>();
        assert_eq!(numbers, [0, 1, 2, 3]);
        assert_eq!(run.error.as_deref(), Some("Message.DeadLettered"));
        assert!(run.lasted <= 7_000, "{}", run.lasted);
    }
}

#[test]
fn an_hour_without_ntfy_costs_fewer_than_thirty_transitions_before_the_message_is_given_up() {
    for seed in 0..10 {
        let run = run(&json!({ "body": "hello" }), seed, |call| {
            if delivers(call) { unavailable() } else { well(call) }
        });
        assert_eq!(run.error.as_deref(), Some("Message.DeadLettered"));
        let last = run.calls_of("DeliverAgain").last().unwrap().at;
        assert!(
            (2_700_000..=3_600_000).contains(&last),
            "the last attempt was made after {last} ms"
        );
        // The dead letter itself: recorded, sent, failed.
        assert!(run.transitions() - 3 < 30, "{} transitions", run.transitions());
    }
}

#[test]
fn pauses_double_from_half_a_minute_to_a_quarter_of_an_hour() {
    for seed in 0..2 {
        let run = run(&json!({ "body": "hello", "patience": 604_800 }), seed, |call| {
            if delivers(call) { unavailable() } else { well(call) }
        });
        let rounds = run
            .calls
            .iter()
            .filter(|call| delivers(call))
            .skip(3)
            .collect::<Vec<_>>();
        let numbers = rounds
            .iter()
            .map(|call| call.input::<Delivery>().round)
            .collect::<Vec<_>>();
        assert_eq!(numbers, (0..u32::try_from(rounds.len()).unwrap()).collect::<Vec<_>>());
        for (nth, pair) in rounds.windows(2).enumerate() {
            let pause = pair[1].at - pair[0].at;
            let shortest = [30, 60, 120, 240, 480].get(nth).copied().unwrap_or(900) * 1_000;
            let longest = (shortest * 3 / 2 + 1_000).min(900_000);
            assert!((shortest..=longest).contains(&pause), "pause {nth}: {pause} ms");
        }
        assert!(run.history.len() < 25_000, "{} events", run.history.len());
        assert!(run.lasted > 604_800_000 - 900_000, "{}", run.lasted);
    }
}

#[test]
fn a_message_outlives_an_outage() {
    let run = run(&json!({ "body": "hello" }), 3, |call| {
        if delivers(call) && call.at < 1_800_000 {
            declared(&DeliverError::Ambiguous {
                reason: "timed out".into(),
            })
        } else {
            well(call)
        }
    });
    assert_eq!(run.status, ExecutionStatus::Succeeded);
    assert_eq!(run.calls.last().unwrap().state, "RecordOutcome");
    assert!(run.transitions() < 30, "{} transitions", run.transitions());
}

#[test]
fn ntfy_is_left_alone_for_as_long_as_it_asks() {
    let run = run(&json!({ "body": "hello" }), 1, |call| match call.state.as_str() {
        "DeliverMessage" => asks_to_wait(5),
        _ => well(call),
    });
    assert_eq!(run.status, ExecutionStatus::Succeeded);
    assert_eq!(
        run.called(),
        ["PersistMessage", "DeliverMessage", "DeliverAgain", "RecordOutcome"]
    );
    assert_eq!((run.calls[2].at, run.calls[2].input::<Delivery>().round), (5_000, 1));
}

#[test]
fn what_ntfy_asks_beyond_patience_is_not_waited_for() {
    let run = run(&json!({ "body": "hello", "patience": 600 }), 1, |call| {
        match call.state.as_str() {
            "DeliverMessage" => asks_to_wait(601),
            _ => well(call),
        }
    });
    assert_eq!((run.error.as_deref(), run.lasted), (Some("Message.DeadLettered"), 0));
    assert_eq!(run.calls_of("SendDeadLetter")[0].payload["reason"], "ntfy asks to wait");
}

#[test]
fn an_open_breaker_is_waited_for_as_long_as_it_asks_and_up_to_half_as_long_again() {
    for (seed, asked) in (0..10).zip([1, 4, 29, 30, 200].into_iter().cycle()) {
        let run = run(&json!({ "body": "hello" }), seed, |call| match call.state.as_str() {
            "DeliverMessage" => circuit_open(asked, 10, false),
            _ => well(call),
        });
        assert_eq!(run.status, ExecutionStatus::Succeeded);
        let (shortest, longest) = (i64::from(asked) * 1_000, i64::from(asked) * 1_500 + 1_000);
        assert!((shortest..=longest).contains(&run.calls[2].at), "{}", run.calls[2].at);
    }
}

/// A breaker that opens and closes keeps nobody away for longer than it asks, however often it was met.
#[test]
fn a_breaker_that_opened_a_moment_ago_does_not_lengthen_the_pause() {
    let run = run(&json!({ "body": "hello" }), 5, |call| {
        if delivers(call) && call.at < 600_000 {
            circuit_open(20, 25, false)
        } else {
            well(call)
        }
    });
    assert_eq!(run.status, ExecutionStatus::Succeeded);
    let rounds = run.calls.iter().filter(|call| delivers(call)).collect::<Vec<_>>();
    assert!(rounds.len() > 20, "{}", rounds.len());
    for pair in rounds.windows(2) {
        assert!(pair[1].at - pair[0].at <= 30_000, "{rounds:?}");
    }
}

#[test]
fn an_hour_behind_an_open_breaker_costs_fewer_than_thirty_transitions_too() {
    for seed in 0..10 {
        let run = run(&json!({ "body": "hello" }), seed, |call| {
            let failing_for = u32::try_from(call.at / 1_000).unwrap();
            if delivers(call) {
                circuit_open(30, failing_for, false)
            } else {
                well(call)
            }
        });
        assert_eq!(run.error.as_deref(), Some("Message.DeadLettered"));
        assert!(run.transitions() - 3 < 30, "{} transitions", run.transitions());
        assert!(run.calls_of("DeliverAgain").last().unwrap().at >= 2_700_000);
    }
}

/// The worst of all: for as long as the message has patience, whatever stands in its way asks for a moment.
#[test]
fn who_asks_for_a_second_at_a_time_uses_up_neither_the_rounds_nor_the_history() {
    let circuit_opens = || circuit_open(1, 1, false);
    for (patience, answer, most) in [
        (3_600, &circuit_opens as &dyn Fn() -> Answer, 1_000),
        (3_600, &|| asks_to_wait(1), 1_000),
        (604_800, &circuit_opens, 10_000),
        (604_800, &|| asks_to_wait(1), 10_000),
    ] {
        let run = run(&json!({ "body": "hello", "patience": patience }), 1, |call| {
            if delivers(call) { answer() } else { well(call) }
        });
        assert!(run.history.len() < most, "{} events", run.history.len());
        assert!(
            run.lasted > patience * 1_000 - 900_000,
            "it was tried for {} ms",
            run.lasted
        );
        assert!(run.lasted <= patience * 1_000, "it was tried for {} ms", run.lasted);
    }
}

#[test]
fn only_what_may_have_been_sent_is_looked_for() {
    for (answer, looks) in [
        (asks_to_wait(5), false),
        (circuit_open(5, 5, false), false),
        (circuit_open(5, 5, true), true),
        (unavailable(), true),
    ] {
        let run = run(&json!({ "body": "hello" }), 1, |call| match call.state.as_str() {
            "DeliverMessage" => answer.clone(),
            _ => well(call),
        });
        let inputs = run.calls.iter().filter(|call| delivers(call));
        let said = inputs
            .map(|call| call.input::<Delivery>().may_be_sent)
            .collect::<Vec<_>>();
        let (last, first) = said.split_last().unwrap();
        assert_eq!(*last, Some(looks), "{answer:?}");
        assert!(first.iter().all(|said| *said == Some(false)), "{said:?}");
    }
}
