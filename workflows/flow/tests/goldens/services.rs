//! Calls of services, printed and run.

use flow::{Workflow, value};
use serde_json::json;

use crate::{
    running::{Answer, run},
    support::{order, state},
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

fn publishing() -> Workflow {
    order::<String>(|w, order| {
        w.sns_publish::<String>("AlarmTopic", &order.id, |w, _| w.fail("Order.Untold"));
        value("told")
    })
}
