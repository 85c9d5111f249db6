//! Messages that need no patience.

use contracts::{Delivery, Outcome, OutcomeStatus, PersistRequest, Processed};
use engine::ExecutionStatus;
use serde_json::{Value, json};

use crate::simulation::{START, receipt, run, well};

#[test]
fn a_message_with_nothing_but_a_body_is_delivered_in_four_transitions() {
    let run = run(&json!({ "body": "hello" }), 1, well);
    assert_eq!(run.status, ExecutionStatus::Succeeded);
    assert_eq!(run.called(), ["PersistMessage", "DeliverMessage", "RecordOutcome"]);
    assert_eq!(run.transitions(), 4);

    let persist: PersistRequest = run.calls[0].input();
    assert_eq!(
        (persist.message.body.as_str(), persist.execution.name.as_str()),
        ("hello", "run")
    );
    let delivery: Delivery = run.calls[1].input();
    assert_eq!((delivery.attempt, delivery.round, delivery.redrive), (0, 0, 0));
    assert_eq!(
        (delivery.message_id.as_str(), delivery.since),
        ("m-1", START.parse().unwrap())
    );
    assert_eq!((delivery.tags, delivery.markdown), (Some(vec![]), Some(false)));
    let outcome: Outcome = run.calls[2].input();
    assert_eq!(
        (outcome.status, outcome.receipt, outcome.reason),
        (OutcomeStatus::Completed, Some(receipt()), None)
    );
    let processed: Processed = serde_json::from_value(run.output.unwrap()).unwrap();
    assert_eq!(
        processed,
        Processed {
            message_id: "m-1".into(),
            duplicate: false,
            receipt: Some(receipt())
        }
    );
}

#[test]
fn every_field_arrives_as_it_was_given() {
    let fields = json!({
        "title": "Grüße", "topic": "alerts", "priority": "high", "tags": ["warning"], "click": "https://example.org/?a=1",
        "markdown": true, "correlation_id": "c-1",
    });
    let mut input = json!({ "body": "\"{% 1 %}\" \u{0} ünï → 🎉", "owner": "o-1", "message_type": "api" });
    input
        .as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    let run = run(&input, 1, well);
    for (name, value) in fields.as_object().unwrap() {
        assert_eq!(run.calls[1].payload[name], *value, "{name}");
    }
    assert_eq!(run.calls[1].payload["body"], input["body"]);
    assert_eq!(
        run.calls[2].input::<Outcome>().message,
        serde_json::from_value(input).unwrap()
    );
}

#[test]
fn null_is_the_same_as_absent() {
    let input =
        json!({ "body": "hello", "title": null, "topic": null, "priority": null, "receipt": null, "created_at": null });
    let run = run(&input, 1, well);
    assert_eq!(run.status, ExecutionStatus::Succeeded);
    assert_eq!(run.calls[1].payload["title"], Value::Null);
}

#[test]
fn a_scheduled_message_waits_for_its_time() {
    let run = run(&json!({ "body": "hello" }), 1, |call| {
        let mut answer = well(call)?;
        if call.state == "PersistMessage" {
            answer["deliver_at"] = json!("2026-03-31T12:00:00Z");
        }
        Ok(answer)
    });
    assert_eq!(run.status, ExecutionStatus::Succeeded);
    assert_eq!(run.calls[1].at, 30 * 86_400_000);
    assert_eq!(run.transitions(), 5);
}

#[test]
fn a_duplicate_ends_well_and_does_nothing() {
    let run = run(&json!({ "body": "hello" }), 1, |call| {
        let mut answer = well(call)?;
        answer["duplicate"] = json!(true);
        Ok(answer)
    });
    assert_eq!(run.status, ExecutionStatus::Succeeded);
    assert_eq!(run.called(), ["PersistMessage"]);
    let processed: Processed = serde_json::from_value(run.output.unwrap()).unwrap();
    assert_eq!(
        processed,
        Processed {
            message_id: "m-1".into(),
            duplicate: true,
            receipt: None
        }
    );
}

#[test]
fn a_redrive_that_brings_its_receipt_only_records() {
    let run = run(&json!({ "body": "hello", "redrive": 1, "receipt": receipt() }), 1, well);
    assert_eq!(run.status, ExecutionStatus::Succeeded);
    assert_eq!(run.called(), ["PersistMessage", "RecordOutcome"]);
    assert_eq!(run.calls[1].input::<Outcome>().receipt, Some(receipt()));
}

#[test]
fn a_redrive_looks_for_what_was_sent_since_the_message_was_accepted() {
    let created = "2026-02-01T00:00:00Z";
    let redriven = run(
        &json!({ "body": "hello", "redrive": 2, "created_at": created }),
        1,
        well,
    );
    let delivery: Delivery = redriven.calls[1].input();
    assert_eq!((delivery.redrive, delivery.since), (2, created.parse().unwrap()));
    let first = run(&json!({ "body": "hello", "created_at": created }), 1, well);
    assert_eq!(first.calls[1].input::<Delivery>().since, START.parse().unwrap());
}
