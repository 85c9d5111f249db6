//! What the engine does with the printed definition.

use std::collections::BTreeMap;

use engine::{Effect, Event, Execution, Identity, Integration, TaskId, TaskRequest};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::meaning::{Asked, Fault, answer, stored, unreadable, written};

/// What was done.
pub(crate) struct Done {
    pub(crate) calls: Vec<Asked>,
    /// When each of them was made, and when everything had ended, in seconds since the start.
    pub(crate) times: Vec<u64>,
    /// The output, or the error's name.
    pub(crate) end: Result<Value, String>,
}

/// Runs a definition as it is committed: printed, and read again.
pub(crate) fn run(definition: &str, input: &Value) -> Done {
    let worker = "arn:aws:states:us-east-1:123456789012:activity:work";
    let text = definition.replace("${WorkActivityArn}", worker);
    let parsed = asl::parse(&text).unwrap();
    let machine = engine::compile(&parsed.machine).unwrap_or_else(|findings| panic!("{findings:?}"));
    let identity = Identity {
        execution_arn: "arn:aws:states:us-east-1:123456789012:execution:random:run".into(),
        execution_name: "run".into(),
        state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:random".into(),
        state_machine_name: "random".into(),
        role_arn: "arn:aws:iam::123456789012:role/runner".into(),
    };
    let mut now = Timestamp::UNIX_EPOCH;
    let mut agenda = BTreeMap::new();
    let mut done = Done {
        calls: Vec::new(),
        times: Vec::new(),
        end: Err("never ended".into()),
    };
    let (mut execution, mut step) = Execution::start(&machine, identity, &input.to_string(), now, 0);
    for planned in 0_u64.. {
        for (nth, effect) in step.effects.into_iter().enumerate() {
            let key = |at: Timestamp| (at.max(now), planned, nth);
            match effect {
                Effect::ScheduleTask(request) => {
                    for (after, event) in reply(&request, &mut done.calls).into_iter().enumerate() {
                        let (at, planned, nth) = key(now);
                        agenda.insert((at, planned, nth, after), event);
                    }
                    done.times.push(now.as_second().unsigned_abs());
                }
                Effect::StartTimer { timer, at } => {
                    let (at, planned, nth) = key(at);
                    agenda.insert((at, planned, nth, 0), Event::TimerFired { timer });
                }
                // An event about a timer or task that is over changes nothing.
                Effect::CancelTimer(_) | Effect::CancelTask(_) => {}
                Effect::Finish { output, error, .. } => {
                    done.times.push(now.as_second().unsigned_abs());
                    done.end = output
                        .map(|output| output.parse().unwrap())
                        .ok_or_else(|| error.unwrap_or_default());
                    return done;
                }
            }
        }
        let Some(((at, ..), event)) = agenda.pop_first() else {
            break;
        };
        now = at;
        step = execution.apply(&machine, event, now, planned);
    }
    done
}

/// What is answered to a call, by the way it was made.
fn reply(request: &TaskRequest, calls: &mut Vec<Asked>) -> Vec<Event> {
    let parameters: Value = serde_json::from_str(&request.parameters).unwrap();
    let whole = |of: &Value| u32::try_from(of.as_u64().unwrap()).unwrap();
    let task = request.task;
    if request.resource.ends_with(":getItem") {
        let key = |name: &str| parameters["Key"][name]["N"].as_str().unwrap().parse().unwrap();
        let (step, number) = (key("step"), key("asked"));
        calls.push((step, number));
        let output = stored(step, number).map_or_else(|| json!({}), |stored| item(&stored));
        return vec![succeeded(task, &output)];
    }
    if request.resource.contains(":dynamodb:") {
        let step = parameters["TableName"].as_str().unwrap();
        let step = step
            .trim_matches(|letter: char| !letter.is_ascii_digit())
            .parse()
            .unwrap();
        let sum = ["Item", "ExpressionAttributeValues"].map(|of| sum(&parameters[of]));
        let key = &parameters["Key"]["asked"];
        calls.push((step, sum.iter().sum::<u32>() + self::sum(key)));
        return vec![match written(step, calls.last().unwrap().1) {
            Ok(()) => succeeded(task, &json!({})),
            Err(error) => Event::TaskFailed {
                task,
                error: Some(error.into()),
                cause: Some(String::new()),
            },
        }];
    }
    let question = ["Payload", "Input", "MessageBody"]
        .iter()
        .find_map(|name| parameters.get(*name));
    let question = question.unwrap_or(&parameters);
    let (step, number) = (whole(&question["step"]), whole(&question["number"]));
    calls.push((step, number));
    let own_cause = request.integration == Integration::Activity;
    let attempt = question.get("attempt").map_or(0, whole);
    let answered = match answer(step, number, attempt) {
        // Nobody has the token.
        Err(Fault::Busy) if request.integration == Integration::WaitForTaskToken => None,
        answered => Some(answered),
    }
    .map(|answered| match answered {
        // A function with a contract answers with a record.
        Ok(number) if parameters["FunctionName"] == "${ComputeArn}" => {
            succeeded(task, &json!({ "Payload": { "number": number } }))
        }
        Ok(number) if request.resource.contains(":lambda:") => succeeded(task, &json!({ "Payload": number })),
        Ok(number) if request.integration == Integration::Sync => succeeded(task, &json!({ "Output": number })),
        Ok(number) => succeeded(task, &json!(number)),
        Err(Fault::Locked(_)) if own_cause && unreadable(step, number) => nonsense(task, number),
        Err(fault) => failed(task, &fault, own_cause),
    });
    let submitted = matches!(request.integration, Integration::Sync | Integration::WaitForTaskToken);
    let output = "{}".to_owned();
    let submitted = submitted.then_some(Event::TaskSubmitted { task, output });
    submitted.into_iter().chain(answered).collect()
}

/// Every number in what DynamoDB is given, added up.
fn sum(of: &Value) -> u32 {
    match of {
        Value::Object(members) => match members.get("N") {
            Some(number) => number.as_str().unwrap().parse().unwrap(),
            None => members.values().map(sum).sum(),
        },
        Value::Array(items) => items.iter().map(sum).sum(),
        _ => 0,
    }
}

fn item((number, list, limit): &(u32, Vec<u32>, Option<u32>)) -> Value {
    let text = |number: &u32| json!({ "N": number.to_string() });
    let mut item = json!({ "number": text(number) });
    // What is empty may be left out, or written.
    if !list.is_empty() || number.is_multiple_of(2) {
        item["Zahlen"] = json!({ "L": list.iter().map(text).collect::<Vec<_>>() });
    }
    match limit {
        Some(limit) => item["limit"] = text(limit),
        None if number.is_multiple_of(3) => item["limit"] = json!({ "NULL": true }),
        None => {}
    }
    json!({ "Item": item })
}

fn succeeded(task: TaskId, output: &Value) -> Event {
    let output = output.to_string();
    Event::TaskSucceeded { task, output }
}

/// A declared error, as Lambda reports it or as a worker does.
fn failed(task: TaskId, fault: &Fault, own_cause: bool) -> Event {
    let (error, payload) = match fault {
        Fault::Declined => ("Compute.Declined", json!({})),
        Fault::Locked(number) => ("Compute.Locked", json!({ "number": number })),
        Fault::Busy => ("Compute.Busy", json!({})),
    };
    let by_lambda = json!({ "errorMessage": payload.to_string(), "errorType": error });
    let cause = if own_cause { payload } else { by_lambda };
    Event::TaskFailed {
        task,
        error: Some(error.into()),
        cause: Some(cause.to_string()),
    }
}

/// A declared error whose cause is not what its contract says.
fn nonsense(task: TaskId, number: u32) -> Event {
    let causes = [None, Some("the door"), Some("{\"number\":\"two\"}"), Some("[5]")];
    let cause = causes[usize::try_from(number).unwrap() % causes.len()];
    Event::TaskFailed {
        task,
        error: Some("Compute.Locked".into()),
        cause: cause.map(Into::into),
    }
}
