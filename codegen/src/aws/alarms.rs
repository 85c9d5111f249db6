//! Alarms: those of the seed's table, one for the errors of each function, one for executions that failed of each state machine,
//! and one for each queue of what was left over.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::Function;
use super::names::{attribute, named, reference};

/// Five minutes, in seconds.
const PERIOD: u32 = 300;

/// An alarm on one metric.
struct Alarm {
    name: Cow<'static, str>,
    about: &'static str,
    namespace: &'static str,
    metric: &'static str,
    /// `Sum`, `Maximum`, or a percentile as `p99`.
    statistic: &'static str,
    dimensions: Vec<(&'static str, Value)>,
    threshold: f64,
    /// `GreaterThanThreshold` or `GreaterThanOrEqualToThreshold`.
    comparison: &'static str,
}

/// The alarm on the API's own faults.
const API_FAULTS: &str = "ApiFaults";

const ABOVE: &str = "GreaterThanThreshold";
const REACHED: &str = "GreaterThanOrEqualToThreshold";

fn own(metric: &'static str, dimension: &'static str, value: &str) -> (&'static str, Vec<(&'static str, Value)>) {
    (metric, vec![("Stage", reference("Stage")), (dimension, value.into())])
}

fn table() -> Vec<Alarm> {
    let (sent, sent_failed) = own("NotificationsSent", "Status", "failed");
    let (breaker, of_ntfy) = own("CircuitBreakerState", "Service", "ntfy");
    let mut alarms = vec![
        Alarm {
            name: "NotificationFailures".into(),
            about: "More than 10 attempts at ntfy failed within five minutes",
            namespace: "RezAgent",
            metric: sent,
            statistic: "Sum",
            dimensions: sent_failed,
            threshold: 10.0,
            comparison: ABOVE,
        },
        Alarm {
            name: "CircuitBreakerOpen".into(),
            about: "The circuit breaker of ntfy is open",
            namespace: "RezAgent",
            metric: breaker,
            statistic: "Maximum",
            dimensions: of_ntfy,
            threshold: 1.0,
            comparison: REACHED,
        },
    ];
    for (name, kind) in [
        ("ProcessingDurationManual", "manual"),
        ("ProcessingDurationScheduled", "scheduled"),
        ("ProcessingDurationApi", "api"),
    ] {
        let (metric, dimensions) = own("ProcessingDuration", "MessageType", kind);
        alarms.push(Alarm {
            name: name.into(),
            about: "One message in a hundred took more than four minutes",
            namespace: "RezAgent",
            metric,
            statistic: "p99",
            dimensions,
            threshold: 240_000.0,
            comparison: ABOVE,
        });
    }
    alarms.push(Alarm {
        name: API_FAULTS.into(),
        about: "The API answered more than 5 requests with a status of 500 and above within five minutes",
        namespace: "AWS/ApiGateway",
        metric: "5xx",
        statistic: "Sum",
        dimensions: vec![("ApiId", reference("HttpApi"))],
        threshold: 5.0,
        comparison: ABOVE,
    });
    alarms.push(Alarm {
        name: "IntakeLate".into(),
        about: "A message has waited in the intake queue for more than five minutes: its function is throttled or fails",
        namespace: "AWS/SQS",
        metric: "ApproximateAgeOfOldestMessage",
        statistic: "Maximum",
        dimensions: vec![("QueueName", attribute("IntakeQueue", "QueueName"))],
        threshold: 300.0,
        comparison: ABOVE,
    });
    for (name, queue) in [("DeadLetters", "DeadLetterQueue"), ("Undelivered", "UndeliveredQueue")] {
        alarms.push(Alarm {
            name: name.into(),
            about: "Something lies in the queue: see it, mend the reason, and redrive",
            namespace: "AWS/SQS",
            metric: "ApproximateNumberOfMessagesVisible",
            statistic: "Maximum",
            dimensions: vec![("QueueName", attribute(queue, "QueueName"))],
            threshold: 0.0,
            comparison: ABOVE,
        });
    }
    alarms
}

impl Alarm {
    /// An alarm as soon as anything is counted.
    fn above_none(
        name: String,
        about: &'static str,
        namespace: &'static str,
        metric: &'static str,
        dimensions: Vec<(&'static str, Value)>,
    ) -> Self {
        Self {
            name: name.into(),
            about,
            namespace,
            metric,
            statistic: "Sum",
            dimensions,
            threshold: 0.0,
            comparison: ABOVE,
        }
    }

    fn resource(&self) -> Value {
        let mut properties = shared(&self.name, self.about, self.threshold, self.comparison);
        properties["Namespace"] = self.namespace.into();
        properties["MetricName"] = self.metric.into();
        let statistic = if self.statistic.starts_with('p') {
            "ExtendedStatistic"
        } else {
            "Statistic"
        };
        properties[statistic] = self.statistic.into();
        properties["Period"] = PERIOD.into();
        properties["Dimensions"] = dimensions(&self.dimensions);
        json!({ "Type": "AWS::CloudWatch::Alarm", "Properties": properties })
    }
}

fn shared(name: &str, about: &str, threshold: f64, comparison: &str) -> Value {
    json!({
        "AlarmName": named(&dashed(name)),
        "AlarmDescription": about,
        "AlarmActions": [reference("AlarmTopic")],
        "OKActions": [reference("AlarmTopic")],
        "EvaluationPeriods": 1,
        "Threshold": threshold,
        "ComparisonOperator": comparison,
        // Nothing happened, so nothing is wrong.
        "TreatMissingData": "notBreaching",
    })
}

/// `DeadLetters` as `dead-letters`.
fn dashed(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

fn dimensions(pairs: &[(&str, Value)]) -> Value {
    let pairs = pairs
        .iter()
        .map(|(name, value)| json!({ "Name": name, "Value": value }));
    pairs.collect()
}

/// Errors that the function did not declare: Lambda counts both kinds.
fn errors(function: &Function) -> Value {
    let name = reference(&function.logical());
    let mut properties = shared(
        &format!("{}Errors", function.logical()),
        "More than 5 invocations failed within five minutes, errors of the contract left aside",
        5.0,
        ABOVE,
    );
    let metric = |id: &str, namespace: &str, metric: &str, pairs: &[(&str, Value)]| {
        json!({
            "Id": id,
            "ReturnData": false,
            "MetricStat": {
                "Metric": { "Namespace": namespace, "MetricName": metric, "Dimensions": dimensions(pairs) },
                "Period": PERIOD,
                "Stat": "Sum",
            },
        })
    };
    if !function.declares_errors {
        properties["Namespace"] = "AWS/Lambda".into();
        properties["MetricName"] = "Errors".into();
        properties["Statistic"] = "Sum".into();
        properties["Period"] = PERIOD.into();
        properties["Dimensions"] = dimensions(&[("FunctionName", name)]);
        return json!({ "Type": "AWS::CloudWatch::Alarm", "Properties": properties });
    }
    let stage = ("Stage", reference("Stage"));
    properties["Metrics"] = json!([
        { "Id": "undeclared", "Expression": "errors - FILL(declared, 0)", "ReturnData": true },
        metric("errors", "AWS/Lambda", "Errors", &[("FunctionName", name.clone())]),
        metric("declared", "RezAgent", "DeclaredErrors", &[stage, ("FunctionName", name)]),
    ]);
    json!({ "Type": "AWS::CloudWatch::Alarm", "Properties": properties })
}

/// The state machine whose executions end as failed whenever a message cannot be delivered, which says nothing of the state
/// machine: `record-outcome` counts those of its ends that no dead letter tells of.
const COUNTED: &str = "ProcessMessage";

/// Executions that failed.
fn failed(machine: &str) -> Alarm {
    let (name, about) = (
        format!("{machine}Failed"),
        "An execution failed: its history says where",
    );
    if machine == COUNTED {
        let (metric, dimensions) = own("RuntimeErrors", "StateMachine", &dashed(machine));
        let about = "An execution failed and wrote no dead letter: its history says where";
        return Alarm::above_none(name, about, "RezAgent", metric, dimensions);
    }
    let dimensions = vec![("StateMachineArn", reference(machine))];
    Alarm::above_none(name, about, "AWS/States", "ExecutionsFailed", dimensions)
}

/// The logical names of the alarms that take back a new version of a state machine that calls these functions: what breaks with
/// a release, and never what ntfy does. A workflow may fail for ntfy's sake, so that its failures alone are no reason.
pub(crate) fn rollbacks_of_machine(machine: &str, functions: &[String]) -> Vec<String> {
    let own = (machine == COUNTED).then(|| format!("{machine}Failed"));
    let called = functions.iter().map(|function| format!("{function}Errors"));
    own.into_iter().chain(called).collect()
}

/// The same for a function that the API calls by its alias.
pub(crate) fn rollbacks_of_function(function: &str) -> Vec<String> {
    vec![format!("{function}Errors"), API_FAULTS.to_owned()]
}

/// Every alarm, by its logical name.
pub(crate) fn resources(functions: &[Function], machines: &[String]) -> Vec<(String, Value)> {
    let fixed = table();
    let fixed = fixed
        .iter()
        .map(|alarm| (alarm.name.clone().into_owned(), alarm.resource()));
    let of_functions = functions
        .iter()
        .map(|function| (format!("{}Errors", function.logical()), errors(function)));
    let of_machines = machines
        .iter()
        .map(|name| (format!("{name}Failed"), failed(name).resource()));
    fixed.chain(of_functions).chain(of_machines).collect()
}
