//! Outages of ntfy.

use contracts::{DeliverError, Delivery};
use engine::ExecutionStatus;
use serde_json::json;

use crate::simulation::{Call, declared, run, unavailable, well};

fn delivers(call: &Call) -> bool {
    call.state.starts_with("Deliver")
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
        "DeliverMessage" => declared(&DeliverError::RateLimited { retry_after: 5 }),
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
            "DeliverMessage" => declared(&DeliverError::RateLimited { retry_after: 601 }),
            _ => well(call),
        }
    });
    assert_eq!((run.error.as_deref(), run.lasted), (Some("Message.DeadLettered"), 0));
    assert_eq!(run.calls_of("SendDeadLetter")[0].payload["reason"], "ntfy asks to wait");
}

#[test]
fn a_pause_is_never_shorter_than_what_the_breaker_asks() {
    for (asked, longest) in [(1, 45), (200, 200)] {
        let run = run(&json!({ "body": "hello" }), 1, |call| match call.state.as_str() {
            "DeliverMessage" => declared(&DeliverError::CircuitOpen { retry_after: asked }),
            _ => well(call),
        });
        assert_eq!(run.status, ExecutionStatus::Succeeded);
        let shortest = i64::from(asked).max(30) * 1_000;
        assert!(
            (shortest..=longest * 1_000).contains(&run.calls[2].at),
            "{}",
            run.calls[2].at
        );
    }
}
