//! Whatever the world answers, a message ends as is promised.

use contracts::{DeadLetterNotice, DeliverError, Outcome, PersistError};
use engine::ExecutionStatus;
use proptest::prelude::*;
use serde_json::json;

use crate::simulation::{Answer, Call, declared, infrastructure, run, well};

/// One of the answers that the call may get; the first is the good one.
fn answer(call: &Call, choice: usize) -> Answer {
    let reason = || "a reason".to_owned();
    let errors = match call.state.as_str() {
        "PersistMessage" => vec![declared(&PersistError::Invalid {
            field: "body".into(),
            reason: reason(),
        })],
        "DeliverMessage" | "DeliverAgain" => vec![
            declared(&DeliverError::Rejected { reason: reason() }),
            declared(&DeliverError::Misconfigured { reason: reason() }),
            declared(&DeliverError::RateLimited {
                retry_after: 7,
                may_be_sent: false,
            }),
            declared(&DeliverError::Unavailable { reason: reason() }),
            declared(&DeliverError::Ambiguous { reason: reason() }),
            declared(&DeliverError::CircuitOpen {
                retry_after: 30,
                failing_for: 40,
                may_be_sent: true,
            }),
        ],
        _ => vec![],
    };
    let infrastructure = ["States.Timeout", "Lambda.ServiceException", "Activity.Failed"].map(infrastructure);
    let mut answers = [well(call)]
        .into_iter()
        .chain(errors)
        .chain(infrastructure)
        .collect::<Vec<_>>();
    let choice = choice % answers.len();
    answers.swap_remove(choice)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn a_message_is_completed_or_dead_lettered_and_never_sent_after_its_receipt(
        choices in proptest::collection::vec(0_usize..12, 1..24),
        steadfast in any::<bool>(),
        patience in prop_oneof![Just(0_u32), Just(10), Just(3_600)],
        seed in any::<u64>(),
    ) {
        let mut next = choices.iter().cycle();
        let mut stuck = None;
        let run = run(&json!({ "body": "a text", "patience": patience }), seed, |call| {
            // A world in which one state always gets the same answer spends every retry.
            let same = stuck.clone().filter(|(state, _)| steadfast && *state == call.state);
            let choice = same.map_or_else(|| *next.next().unwrap(), |(_, choice)| choice);
            stuck = Some((call.state.clone(), choice));
            answer(call, choice)
        });
        let delivered = run.calls.iter().position(|call| call.state == "RecordOutcome");
        match run.status {
            ExecutionStatus::Succeeded => prop_assert!(delivered.is_some()),
            ExecutionStatus::Failed => {
                let signals = run.calls_of("SendDeadLetter");
                let expected = if signals.is_empty() { "Message.Unrecorded" } else { "Message.DeadLettered" };
                prop_assert_eq!(run.error.as_deref(), Some(expected));
                if let Some(signal) = signals.first() {
                    let notice: DeadLetterNotice = signal.input();
                    prop_assert_eq!(notice.delivered, delivered.is_some());
                    prop_assert!(!notice.reason.contains("a text"));
                }
                let outcome: Outcome = run.calls_of("RecordFailure")[0].input();
                prop_assert_eq!(outcome.receipt.is_some(), delivered.is_some());
            }
            status => prop_assert!(false, "{:?}", status),
        }
        if let Some(at) = delivered {
            prop_assert!(run.calls[at..].iter().all(|call| !call.state.starts_with("Deliver")));
        }
    }
}
