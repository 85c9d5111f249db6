//! Calls of services, printed and run.

use expr::{Activity, constant, untyped};
use flow::{Workflow, value};
use serde_json::json;

use crate::{
    running::{Answer, run},
    support::{Charge, ChargeCardError, ChargeError, ChargeExpr, Charged, order, state},
};

#[test]
fn a_topic_is_published_to_by_its_placeholder() {
    let published = publishing();
    insta::assert_json_snapshot!(state(&published, "PublishToAlarmTopic"));
    let (requests, end) = run(&published, |_| Answer::Gives(json!({ "MessageId": "m" })));
    assert_eq!(requests, [json!({ "TopicArn": "${AlarmTopicArn}", "Message": "ü-7" })]);
    assert_eq!(end, Ok(json!("told")));
}

#[test]
fn a_start_has_a_name_so_that_no_retry_starts_twice() {
    let starting = order::<String>(|w, order| {
        w.start_execution::<u32>("ShipOrder", &order.id, &order.cents, |_, _| value(()));
        value("started")
    });
    insta::assert_json_snapshot!(state(&starting, "StartShipOrder"));
    let (requests, end) = run(&starting, |request| {
        Answer::Gives(json!({ "ExecutionArn": request["StateMachineArn"], "StartDate": 0 }))
    });
    let start = json!({ "StateMachineArn": "${ShipOrderArn}", "Name": "ü-7", "Input": 300 });
    assert_eq!(requests, [start]);
    assert_eq!(end, Ok(json!("started")));
}

#[test]
fn a_service_that_keeps_failing_leads_where_its_closure_says() {
    let (requests, end) = run(&publishing(), |_| Answer::fails("SNS.InternalErrorException"));
    assert_eq!(
        requests.len(),
        7,
        "one attempt and the six retries of the default policy"
    );
    assert_eq!(end, Err("Order.Untold".to_owned()));
}

#[test]
fn the_limits_and_the_name_of_a_call_of_a_service_can_be_said() {
    let workflow = order::<String>(|w, order| {
        w.timeout(9)
            .named("TellShop")
            .sns_publish::<String>("AlarmTopic", &order.id, |_, _| value(()));
        value("told")
    });
    assert_eq!(state(&workflow, "TellShop")["TimeoutSeconds"], 9);
    assert!(workflow.places["TellShop"].file.ends_with("services.rs"));
    assert!(workflow.places["TellShop"].file.contains("goldens"));
}

#[test]
fn an_execution_is_run_to_its_end() {
    let workflow = order::<Charged>(|w, order| {
        let shipped = w.run_execution::<u32, Charged>("ShipOrder", 600, &order.id, &order.cents, |w, failure| {
            w.fail_because("Order.NotShipped", &failure.error)
        });
        value(shipped)
    });
    insta::assert_json_snapshot!(state(&workflow, "RunShipOrder"));
    let output = json!({ "Output": { "id": "s", "note": null }, "Status": "SUCCEEDED" });
    assert_eq!(
        run(&workflow, |_| Answer::Gives(output.clone())).1,
        Ok(output["Output"].clone())
    );
    let (requests, end) = run(&workflow, |_| Answer::fails("States.TaskFailed"));
    assert_eq!((requests.len(), end), (1, Err("Order.NotShipped".to_owned())));
}

#[test]
fn a_function_without_a_contract_is_called_by_its_name() {
    let workflow = order::<u32>(|w, order| {
        let resized = w
            .timeout(20)
            .lambda_invoke::<String, u32>("ResizeImage", &order.id, |_, _| value(0));
        value(resized)
    });
    insta::assert_json_snapshot!(state(&workflow, "ResizeImage"));
    assert_eq!(run(&workflow, |_| Answer::payload(&json!(7))).1, Ok(json!(7)));
    assert_eq!(run(&workflow, |_| Answer::fails("Other.Error")).1, Ok(json!(0)));
}

/// Packs an order, by hand.
struct PackOrder;

impl Activity for PackOrder {
    const NAME: &'static str = "PackOrder";
    const TIMEOUT_SECONDS: u32 = 7_200;
    type Input = Charge;
    type Output = Charged;
    type Error = ChargeError;
}

#[test]
fn a_worker_s_errors_are_decided_like_a_function_s() {
    let workflow = order::<Charged>(|w, order| {
        let work = ChargeExpr {
            order: &order.id,
            cents: 1,
            note: expr::Nothing,
        };
        let packed = w
            .heartbeat(300)
            .activity_worker(PackOrder, work, |w, error| match error {
                ChargeCardError::Declined { code } => w.fail_because("Order.Unpacked", code),
                ChargeCardError::Locked { .. } | ChargeCardError::Busy => w.fail("Order.Later"),
            });
        value(packed)
    });
    insta::assert_json_snapshot!(state(&workflow, "PackOrder"));
    let (requests, end) = run(&workflow, |_| Answer::Gives(json!({ "id": "p", "note": null })));
    assert_eq!(requests, [json!({ "order": "ü-7", "cents": 1, "note": null })]);
    assert_eq!(end, Ok(json!({ "id": "p", "note": null })));
    let (_, end) = run(&workflow, |_| Answer::Fails {
        error: "Card.Declined",
        cause: json!({ "code": "51" }).to_string(),
    });
    assert_eq!(end, Err("Order.Unpacked".to_owned()));
}

/// Causes that are not the fields of `ChargeError::Locked`.
pub(crate) const UNREADABLE: [&str; 8] = [
    "",
    "the card is locked",
    "{\"retry_after\"",
    "null",
    "[5]",
    "{}",
    "{\"retry_after\":\"soon\"}",
    "{\"retry_after\":null}",
];

#[test]
fn a_worker_s_error_whose_fields_cannot_be_read_is_none_that_it_declares() {
    let workflow = order::<u32>(|w, _| {
        let work = ChargeExpr {
            order: "7",
            cents: 1,
            note: expr::Nothing,
        };
        w.activity_worker(PackOrder, work, |w, error| match error {
            ChargeCardError::Declined { .. } | ChargeCardError::Busy => w.fail("Order.Later"),
            ChargeCardError::Locked { retry_after } => {
                w.wait(&retry_after);
                w.fail_because("Order.Locked", retry_after.to_text())
            }
        });
        value(1)
    });
    insta::assert_json_snapshot!(state(&workflow, "ReadPackOrderLocked"));
    let ended = |answer: fn() -> Answer| run(&workflow, |_| answer()).1;
    let error = "Card.Locked";
    for cause in UNREADABLE {
        let (_, end) = run(&workflow, |_| Answer::Fails {
            error,
            cause: cause.to_owned(),
        });
        assert_eq!(end, Err("Order.Broken".to_owned()), "{cause}");
    }
    assert_eq!(
        ended(|| Answer::FailsWithoutCause("Card.Locked")),
        Err("Order.Broken".to_owned())
    );
    // Nobody reads what these bring.
    assert_eq!(
        ended(|| Answer::FailsWithoutCause("Card.Busy")),
        Err("Order.Later".to_owned())
    );
    assert_eq!(ended(|| Answer::fails("Card.Declined")), Err("Order.Later".to_owned()));
    let (_, end) = run(&workflow, |_| Answer::Fails {
        error,
        cause: json!({ "retry_after": 5 }).to_string(),
    });
    assert_eq!(end, Err("Order.Locked".to_owned()));
}

#[test]
fn anything_else_is_called_by_its_resource() {
    let workflow = order::<serde_json::Value>(|w, order| {
        let arguments = untyped(&[
            ("Bucket", constant::<String>("orders").settled()),
            ("Key", order.id.concat(".json").settled()),
        ]);
        let object =
            w.task_unchecked::<serde_json::Value>("arn:aws:states:::aws-sdk:s3:getObject", arguments, |w, _| {
                w.fail("Order.NotFound")
            });
        value(object)
    });
    insta::assert_json_snapshot!(state(&workflow, "GetObject"));
    let (requests, end) = run(&workflow, |_| Answer::Gives(json!({ "Body": "{}" })));
    assert_eq!(requests, [json!({ "Bucket": "orders", "Key": "ü-7.json" })]);
    assert_eq!(end, Ok(json!({ "Body": "{}" })));
}

fn publishing() -> Workflow {
    order::<String>(|w, order| {
        w.sns_publish::<String>("AlarmTopic", &order.id, |w, _| w.fail("Order.Untold"));
        value("told")
    })
}
