//! The rules of a life, one by one, without a table.

use contracts::{Message, Receipt};
use serde_json::json;

use super::*;
use crate::testing::{at, execution, message};

fn new(execution_name: &str, redrive: u32) -> MessageItem {
    let message = Message {
        redrive,
        ..message("m")
    };
    MessageItem::new("dev", Status::Processing, message, execution(execution_name), at(1))
}

fn outcome(status: OutcomeStatus, receipt: Option<Receipt>) -> Outcome {
    Outcome {
        status,
        execution: execution("m"),
        message: message("m"),
        receipt,
        reason: None,
    }
}

fn receipt() -> Receipt {
    let receipt = json!({
        "ntfy_id": "n", "topic": "t", "delivered_at": "2026-11-25T00:00:00Z", "truncated": false, "found": false,
    });
    serde_json::from_value(receipt).unwrap()
}

fn written<T: std::fmt::Debug>(step: Step<T>) -> MessageItem {
    match step {
        Step::Write(item, _) => *item,
        Step::Keep(answer) => panic!("kept: {answer:?}"),
    }
}

fn failed() -> MessageItem {
    written(record(
        Some(new("m", 0)),
        &new("m", 0),
        &outcome(OutcomeStatus::Failed, None),
    ))
}

fn pending() -> MessageItem {
    written(begin_redrive(Some(failed()), at(2)))
}

#[test]
fn the_first_end_of_an_execution_stands() {
    let repeated = record(Some(failed()), &new("m", 0), &outcome(OutcomeStatus::Failed, None));
    let late = record(Some(failed()), &new("m", 0), &outcome(OutcomeStatus::Cancelled, None));
    let foreign = record(
        Some(failed()),
        &new("x", 0),
        &outcome(OutcomeStatus::Completed, Some(receipt())),
    );
    for (step, stands) in [(repeated, true), (late, false), (foreign, false)] {
        let Step::Keep(recording) = step else {
            panic!("written: {step:?}")
        };
        assert_eq!((recording.recorded.status, recording.stands), (Status::Failed, stands));
        assert!(!recording.first, "it was written before");
    }
}

#[test]
fn an_end_with_a_receipt_stands_over_one_without() {
    let cancelled = || {
        written(record(
            Some(new("m", 0)),
            &new("m", 0),
            &outcome(OutcomeStatus::Cancelled, None),
        ))
    };
    for (old, status) in [
        (failed(), OutcomeStatus::Completed),
        (failed(), OutcomeStatus::Failed),
        (cancelled(), OutcomeStatus::Completed),
        (pending(), OutcomeStatus::Completed),
    ] {
        let step = record(Some(old), &new("m", 0), &outcome(status, Some(receipt())));
        let Step::Write(item, recording) = step else {
            panic!("kept: {step:?}")
        };
        assert!(
            recording.stands && !recording.first,
            "it has been counted: {recording:?}"
        );
        assert_eq!(item.receipt, Some(receipt()));
        assert_eq!(
            item.dead_letter.as_ref().map(|letter| letter.delivered),
            (status == OutcomeStatus::Failed).then_some(true)
        );
        assert!(!item.redrive_pending);
        // A redrive of the message that was on its way has nothing to do.
        assert_eq!(put(Some(*item.clone()), &new("m-r1", 1)), Step::Keep(Put::Duplicate));
        let again = record(
            Some(*item),
            &new("m", 0),
            &outcome(OutcomeStatus::Cancelled, Some(receipt())),
        );
        assert!(
            matches!(again, Step::Keep(_)),
            "once there is a receipt, nothing else stands: {again:?}"
        );
    }
}

#[test]
fn an_end_makes_the_item_that_could_not_be_written() {
    let item = written(record(None, &new("m", 0), &outcome(OutcomeStatus::Cancelled, None)));
    assert_eq!(
        (item.status, item.dead_letter, item.finished_at),
        (Status::Cancelled, None, Some(at(1)))
    );
}

#[test]
fn a_receipt_is_never_lost() {
    let delivered = written(record(
        None,
        &new("m", 0),
        &outcome(OutcomeStatus::Failed, Some(receipt())),
    ));
    assert!(delivered.dead_letter.as_ref().unwrap().delivered);
    let redriven = written(begin_redrive(Some(delivered), at(2)));
    assert_eq!(redriven.redrive_input(1).receipt, Some(receipt()));
    // The redrive ends before it could do anything.
    let stopped = Outcome {
        message: Message {
            redrive: 1,
            ..message("m")
        },
        ..outcome(OutcomeStatus::Failed, None)
    };
    let item = written(record(Some(redriven), &new("m-r1", 1), &stopped));
    assert!(item.dead_letter.unwrap().delivered);
    assert_eq!(item.receipt, Some(receipt()));
}

#[test]
fn only_the_pending_redrive_opens_a_failed_message() {
    let opened = written(put(Some(pending()), &new("m-r1", 1)));
    assert_eq!(
        (opened.status, opened.redrive_pending, opened.dead_letter),
        (Status::Processing, false, None)
    );
    assert_eq!(opened.execution, execution("m-r1"));
    for (old, new) in [
        (failed(), new("m-r1", 1)),
        (pending(), new("m-r2", 2)),
        (pending(), new("x", 0)),
        (written(put(Some(pending()), &new("m-r1", 1))), new("x", 1)),
    ] {
        assert_eq!(put(Some(old), &new), Step::Keep(Put::Duplicate));
    }
}

#[test]
fn a_redrive_that_dies_at_once_is_recorded_and_its_number_is_spent() {
    let died = Outcome {
        message: Message {
            redrive: 1,
            ..message("m")
        },
        ..outcome(OutcomeStatus::Failed, None)
    };
    let item = written(record(Some(pending()), &new("m-r1", 1), &died));
    assert_eq!((item.dead_letter.as_ref().unwrap().n, item.redrive_pending), (1, false));
    assert_eq!(written(begin_redrive(Some(item), at(3))).redrive, 2);
}

#[test]
fn every_write_raises_the_revision() {
    assert_eq!([new("m", 0).revision, failed().revision, pending().revision], [1, 2, 3]);
}
