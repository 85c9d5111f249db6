//! Calls of services, printed and run.

use std::collections::VecDeque;

use engine::{Effect, Event, Execution, Identity, TaskId};
use flow::{Workflow, value};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::{order, state};

#[test]
fn a_topic_is_published_to_by_its_placeholder() {
    let published = publishing();
    insta::assert_json_snapshot!(state(&published, "PublishToAlarmTopic"));
    let answer = |_: &Value| Ok(json!({ "MessageId": "m" }));
    let (requests, end) = run(&published, answer);
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
        Ok(json!({ "ExecutionArn": request["StateMachineArn"], "StartDate": 0 }))
    });
    let start = json!({ "StateMachineArn": "${ShipOrderArn}", "Name": "ü-7", "Input": 300 });
    assert_eq!(requests, [start]);
    assert_eq!(end, Ok(json!("started")));
}

#[test]
fn a_service_that_keeps_failing_leads_where_its_closure_says() {
    let (requests, end) = run(&publishing(), |_| Err("SNS.InternalErrorException"));
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

/// What the engine asks for when it runs the definition as it is committed, and how the execution ends.
fn run(
    workflow: &Workflow,
    answer: impl Fn(&Value) -> Result<Value, &'static str>,
) -> (Vec<Value>, Result<Value, String>) {
    let parsed = asl::parse(&asl::print(&workflow.definition)).unwrap();
    let machine = engine::compile(&parsed.machine).unwrap_or_else(|findings| panic!("{findings:?}"));
    let identity = Identity {
        execution_arn: "arn:aws:states:us-east-1:123456789012:execution:order:run".into(),
        execution_name: "run".into(),
        state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:order".into(),
        state_machine_name: "order".into(),
        role_arn: "arn:aws:iam::123456789012:role/runner".into(),
    };
    let input = json!({ "id": "ü-7", "cents": 300, "method": { "kind": "cash" }, "urgency": "later" }).to_string();
    let (mut requests, mut timers, mut events) = (Vec::new(), Vec::new(), VecDeque::new());
    let mut now = Timestamp::UNIX_EPOCH;
    let (mut execution, mut step) = Execution::start(&machine, identity, &input, now, 0);
    for seed in 1.. {
        for effect in step.effects {
            match effect {
                Effect::ScheduleTask(request) => {
                    let parameters = serde_json::from_str(&request.parameters).unwrap();
                    events.push_back(reply(request.task, answer(&parameters)));
                    requests.push(parameters);
                }
                Effect::StartTimer { timer, at } => timers.push((at, timer)),
                Effect::CancelTimer(over) => timers.retain(|(_, timer)| *timer != over),
                Effect::CancelTask(_) => {}
                Effect::Finish { output, error, .. } => {
                    let end = output.map(|output| output.parse().unwrap());
                    return (requests, end.ok_or_else(|| error.unwrap_or_default()));
                }
            }
        }
        let event = events.pop_front().unwrap_or_else(|| {
            timers.sort_by_key(|(at, _)| *at);
            let (at, timer) = timers.remove(0);
            now = at;
            Event::TimerFired { timer }
        });
        step = execution.apply(&machine, event, now, seed);
    }
    unreachable!("the loop ends with the execution")
}

fn reply(task: TaskId, answer: Result<Value, &'static str>) -> Event {
    match answer {
        Ok(output) => Event::TaskSucceeded {
            task,
            output: output.to_string(),
        },
        Err(error) => Event::TaskFailed {
            task,
            error: Some(error.to_owned()),
            cause: None,
        },
    }
}
