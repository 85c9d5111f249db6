//! How a message ends that cannot be delivered or recorded.

use contracts::{DeadLetterNotice, DeliverError, Outcome, OutcomeStatus, PersistError};
use engine::ExecutionStatus;
use serde_json::json;

use crate::simulation::{Run, declared, infrastructure, receipt, run, well};

/// The message's end: why, and whether ntfy has it. The queue and the item say the same.
fn dead_letter(run: &Run) -> (String, bool) {
    assert_eq!(
        (run.status, run.error.as_deref()),
        (ExecutionStatus::Failed, Some("Message.DeadLettered"))
    );
    let notice: DeadLetterNotice = run.calls_of("SendDeadLetter").last().unwrap().input();
    let outcome: Outcome = run.calls_of("RecordFailure").last().unwrap().input();
    assert_eq!(outcome.status, OutcomeStatus::Failed);
    assert_eq!(outcome.reason.as_deref(), Some(notice.reason.as_str()));
    assert_eq!(outcome.receipt.is_some(), notice.delivered);
    (notice.reason, notice.delivered)
}

#[test]
fn what_ntfy_never_takes_is_a_dead_letter_after_one_attempt() {
    for error in [
        DeliverError::Rejected {
            reason: "40009: topic is not valid".into(),
        },
        DeliverError::Misconfigured {
            reason: "40101: unauthorized".into(),
        },
    ] {
        let run = run(&json!({ "body": "a secret text" }), 1, |call| {
            match call.state.as_str() {
                "DeliverMessage" => declared(&error),
                _ => well(call),
            }
        });
        assert_eq!(
            run.called(),
            ["PersistMessage", "DeliverMessage", "RecordFailure", "SendDeadLetter"]
        );
        let (DeliverError::Rejected { reason } | DeliverError::Misconfigured { reason }) = error else {
            unreachable!()
        };
        assert_eq!(dead_letter(&run), (reason, false));
        assert!(!run.calls_of("SendDeadLetter")[0].payload.to_string().contains("secret"));
    }
}

#[test]
fn an_invalid_message_is_a_dead_letter_under_the_id_that_is_recorded() {
    let error = PersistError::Invalid {
        field: "topic".into(),
        reason: "at most 64 letters".into(),
    };
    let run = run(&json!({ "body": "hello" }), 1, |call| match call.state.as_str() {
        "PersistMessage" => declared(&error),
        _ => well(call),
    });
    assert_eq!(run.called(), ["PersistMessage", "RecordFailure", "SendDeadLetter"]);
    assert_eq!(dead_letter(&run), ("topic: at most 64 letters".to_owned(), false));
    assert_eq!(run.calls[2].payload["message_id"], "m-1", "the id that was recorded");
}

#[test]
fn a_function_that_never_answers_is_blamed_by_name_after_seven_attempts() {
    for (state, error) in [
        ("PersistMessage", "Lambda.TooManyRequestsException"),
        ("DeliverMessage", "States.Timeout"),
        ("DeliverMessage", "Activity.Panicked"),
    ] {
        let run = run(&json!({ "body": "hello", "message_id": "mine" }), 1, |call| {
            if call.state == state {
                infrastructure(error)
            } else {
                well(call)
            }
        });
        assert_eq!(run.calls_of(state).len(), 7);
        assert_eq!(dead_letter(&run), (format!("{state} failed: {error}"), false));
        assert_eq!(run.calls_of("SendDeadLetter")[0].payload["message_id"], "m-1");
    }
}

#[test]
fn what_is_delivered_but_cannot_be_recorded_is_never_sent_again() {
    let run = run(&json!({ "body": "hello" }), 7, |call| match call.state.as_str() {
        "RecordOutcome" => infrastructure("Lambda.ServiceException"),
        _ => well(call),
    });
    assert_eq!(
        dead_letter(&run),
        ("RecordOutcome failed: Lambda.ServiceException".to_owned(), true)
    );
    assert_eq!(
        run.calls_of("RecordFailure")[0].input::<Outcome>().receipt,
        Some(receipt())
    );
    assert_eq!(run.calls_of("DeliverMessage").len(), 1);
    let hours = run.lasted / 3_600_000;
    assert!((4..10).contains(&hours), "recording was tried for {hours} h");
}

#[test]
fn a_signal_that_cannot_be_sent_takes_nothing_from_the_truth() {
    let run = run(&json!({ "body": "hello" }), 1, |call| match call.state.as_str() {
        "DeliverMessage" => declared(&DeliverError::Rejected { reason: "no".into() }),
        "SendDeadLetter" => infrastructure("SQS.SdkClientException"),
        _ => well(call),
    });
    assert_eq!(dead_letter(&run), ("no".to_owned(), false));
    assert_eq!(run.calls_of("RecordFailure").len(), 1);
}

#[test]
fn a_failure_that_cannot_be_recorded_is_left_to_who_sees_executions_end() {
    let run = run(&json!({ "body": "hello" }), 1, |call| match call.state.as_str() {
        "DeliverMessage" => declared(&DeliverError::Rejected { reason: "no".into() }),
        "RecordFailure" => infrastructure("Lambda.ServiceException"),
        _ => well(call),
    });
    assert_eq!(run.error.as_deref(), Some("Message.Unrecorded"));
    let failed = run.history.last().unwrap().to_wire();
    assert_eq!(failed["executionFailedEventDetails"]["cause"], "no");
    assert!(
        run.calls_of("SendDeadLetter").is_empty(),
        "nothing is signalled before it is true"
    );
}
