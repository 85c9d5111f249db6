//! The crash law: an execution that is stored and read back between all events has the history of one that is not.

use std::hash::{DefaultHasher, Hash, Hasher};

use engine::{Event, ExecutionStatus, Integration, TaskRequest};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::simulation::{Outcome, Replies, Simulation};

/// A state to be named later.
#[derive(Clone, Debug)]
enum Sketch {
    Pass(Value),
    Choice(bool),
    Wait(u8),
    Task {
        resource: &'static str,
        retry: u8,
        catch: bool,
        timeout: Option<u8>,
        heartbeat: Option<u8>,
    },
    Parallel {
        branches: Vec<Vec<Sketch>>,
        retry: u8,
        catch: bool,
    },
    Map {
        processor: Vec<Sketch>,
        items: u8,
        concurrency: u8,
        catch: bool,
    },
    Fail,
}

fn sketches() -> impl Strategy<Value = Vec<Sketch>> {
    let resources = prop::sample::select(vec![
        "arn:aws:lambda:us-east-1:123456789012:function:f",
        "arn:aws:states:us-east-1:123456789012:activity:a",
        "arn:aws:states:::sqs:sendMessage",
        "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "arn:aws:states:::states:startExecution.sync:2",
    ]);
    let outputs = prop::sample::select(vec![
        json!(null),
        json!({ "was": "{% $states.input %}" }),
        json!("{% $states.context.State.Name %}"),
        json!("{% $exists($x) ? $x : $random() %}"),
        json!("{% $states.input.missing %}"),
    ]);
    let task = (
        resources,
        0..3_u8,
        any::<bool>(),
        prop::option::of(1..9_u8),
        prop::option::of(1..9_u8),
    );
    let leaf = prop_oneof![
        4 => outputs.prop_map(Sketch::Pass),
        2 => any::<bool>().prop_map(Sketch::Choice),
        2 => (0..9_u8).prop_map(Sketch::Wait),
        6 => task.prop_map(|(resource, retry, catch, timeout, heartbeat)| Sketch::Task { resource, retry, catch, timeout, heartbeat }),
        1 => Just(Sketch::Fail),
    ];
    let state = leaf.prop_recursive(3, 24, 4, |inner| {
        let block = || prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            (prop::collection::vec(block(), 1..4), 0..2_u8, any::<bool>())
                .prop_map(|(branches, retry, catch)| Sketch::Parallel { branches, retry, catch }),
            (block(), 0..4_u8, 0..3_u8, any::<bool>()).prop_map(|(processor, items, concurrency, catch)| Sketch::Map {
                processor,
                items,
                concurrency,
                catch
            }),
        ]
    });
    prop::collection::vec(state, 1..5)
}

/// Names the states and lets each lead to the next.
fn block(sketches: &[Sketch], count: &mut u32) -> Value {
    let mut name = || {
        *count += 1;
        format!("S{count}")
    };
    let names: Vec<String> = (0..=sketches.len()).map(|_| name()).collect();
    let mut states = Map::new();
    for (index, sketch) in sketches.iter().enumerate() {
        states.insert(names[index].clone(), state(sketch, &names[index + 1], count));
    }
    states.insert(names[sketches.len()].clone(), json!({ "Type": "Succeed" }));
    json!({ "StartAt": names[0], "States": states })
}

fn state(sketch: &Sketch, next: &str, count: &mut u32) -> Value {
    let retrier =
        |attempts: &u8| json!([{ "ErrorEquals": ["States.ALL"], "MaxAttempts": attempts, "JitterStrategy": "FULL" }]);
    let (mut state, catch) = match sketch {
        Sketch::Pass(Value::Null) => (
            json!({ "Type": "Pass", "Assign": { "x": "{% $states.input %}" } }),
            false,
        ),
        Sketch::Pass(output) => (json!({ "Type": "Pass", "Output": output }), false),
        Sketch::Choice(holds) => {
            let rule = json!({ "Condition": holds, "Next": next, "Output": "chosen" });
            return json!({ "Type": "Choice", "Choices": [rule], "Default": next });
        }
        Sketch::Wait(seconds) => (json!({ "Type": "Wait", "Seconds": seconds }), false),
        Sketch::Fail => return json!({ "Type": "Fail", "Error": "Told" }),
        Sketch::Task {
            resource,
            retry,
            catch,
            timeout,
            heartbeat,
        } => {
            let mut task = json!({ "Type": "Task", "Resource": resource, "Arguments": { "is": "{% $states.context %}" }, "Retry": retrier(retry) });
            if let Some(seconds) = timeout {
                task["TimeoutSeconds"] = json!(seconds + 1);
            }
            if let Some(seconds) = heartbeat.filter(|seconds| timeout.is_none_or(|timeout| *seconds < timeout + 1)) {
                task["HeartbeatSeconds"] = json!(seconds);
            }
            (task, *catch)
        }
        Sketch::Parallel { branches, retry, catch } => {
            let branches: Vec<Value> = branches.iter().map(|branch| block(branch, count)).collect();
            (
                json!({ "Type": "Parallel", "Branches": branches, "Retry": retrier(retry) }),
                *catch,
            )
        }
        Sketch::Map {
            processor,
            items,
            concurrency,
            catch,
        } => {
            let items: Vec<u8> = (0..*items).collect();
            let processor = block(processor, count);
            (
                json!({ "Type": "Map", "Items": items, "MaxConcurrency": concurrency, "ItemProcessor": processor }),
                *catch,
            )
        }
    };
    state["Next"] = json!(next);
    if catch {
        state["Catch"] = json!([{ "ErrorEquals": ["States.ALL"], "Next": next }]);
    }
    state
}

/// Answers by a throw of dice that only the request and the seed decide.
fn work(request: &TaskRequest, seed: u64) -> Replies {
    let mut hasher = DefaultHasher::new();
    (seed, &request.state, request.task).hash(&mut hasher);
    let dice = hasher.finish();
    let task = request.task;
    let delay = i64::try_from(dice >> 8 & 0xf).unwrap() * 1000;
    let mut replies = Vec::new();
    match request.integration {
        Integration::Activity => replies.push((
            0,
            Event::ActivityStarted {
                task,
                worker_name: None,
            },
        )),
        Integration::Sync | Integration::WaitForTaskToken => {
            replies.push((
                1,
                Event::TaskSubmitted {
                    task,
                    output: "{}".into(),
                },
            ));
        }
        Integration::Lambda | Integration::RequestResponse => {}
    }
    replies.push((delay / 2, Event::TaskHeartbeat { task }));
    replies.push((
        delay,
        match dice % 4 {
            0 => Event::TaskFailed {
                task,
                error: Some("Custom".into()),
                cause: None,
            },
            1 => Event::TaskSucceeded {
                task,
                output: request.parameters.clone(),
            },
            _ => Event::TaskSucceeded {
                task,
                output: "[1, 2.0]".into(),
            },
        },
    ));
    // A second answer, which comes when nobody waits for it.
    replies.push((
        delay + 1,
        Event::TaskFailed {
            task,
            error: None,
            cause: None,
        },
    ));
    replies
}

fn run(definition: &str, seed: u64, stop: Option<u8>, crashes: bool) -> Outcome {
    let mut simulation = Simulation::new(definition, |request| work(request, seed));
    simulation.crashes = crashes;
    simulation.agenda = stop
        .map(|seconds| {
            (
                i64::from(seconds) * 1000,
                Event::Stopped {
                    error: None,
                    cause: None,
                },
            )
        })
        .into_iter()
        .collect();
    simulation.run("{\"a\":  1}")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn crashes_make_no_difference(sketches in sketches(), seed: u64, stop in prop::option::weighted(0.2, 0..20_u8), bound in prop::option::weighted(0.2, 1..30_u8)) {
        let mut definition = block(&sketches, &mut 0);
        definition["QueryLanguage"] = json!("JSONata");
        if let Some(seconds) = bound {
            definition["TimeoutSeconds"] = json!(seconds);
        }
        let definition = definition.to_string();
        let straight = run(&definition, seed, stop, false);
        prop_assert_eq!(&straight, &run(&definition, seed, stop, true));

        prop_assert_ne!(straight.status, ExecutionStatus::Running, "the execution is stuck: {:?}", straight.shape());
        for (index, event) in (1..).zip(&straight.history) {
            prop_assert_eq!(event.id, index);
            prop_assert!(event.previous_event_id < event.id);
        }
        let ends = straight.types().iter().filter(|name| name.starts_with("Execution") && *name != "ExecutionStarted").count();
        prop_assert_eq!(ends, 1);
        prop_assert!(straight.types().last().unwrap().starts_with("Execution"));
    }
}
