//! The alarms that the template makes, and those that ring.

use serde_json::{Value, json};
use web_api::Service;

use super::super::finding::Finding;
use super::all_well;
use crate::aws::{Deployment, Refusal};
use crate::hint::rez;
use crate::output::word;

const CHECK: &str = "alarms";
/// With what the names of all of them begin.
const PREFIX: &str = "rez-agent-";
/// How many answers are read at most, of a hundred alarms each: an account has other stages' as well.
const PAGES: usize = 20;

pub(super) async fn check(deployment: &Deployment) -> Vec<Finding> {
    let alarms = match alarms(deployment).await {
        Ok(alarms) => alarms,
        Err(refusal) => return vec![deployment.unseen(CHECK, &refusal)],
    };
    let suffix = format!("-{}", deployment.names.stage);
    let ours: Vec<&Value> = alarms
        .iter()
        .filter(|alarm| word(alarm, "/AlarmName").ends_with(&suffix))
        .collect();
    if ours.is_empty() {
        let remedy = deployment.not_deployed("there is no alarm of it");
        return vec![Finding::problem(CHECK, "there are none", remedy)];
    }
    let ring = ours.iter().filter(|alarm| word(alarm, "/StateValue") == "ALARM");
    let wrong = ring.map(|alarm| {
        let name = word(alarm, "/AlarmName");
        let about = name
            .strip_prefix(PREFIX)
            .and_then(|name| name.strip_suffix(suffix.as_str()));
        let seen = format!("{name} rings: {}", word(alarm, "/StateReason"));
        Finding::problem(CHECK, seen, remedy(about.unwrap_or(name)))
    });
    all_well(CHECK, format!("none of {} rings", ours.len()), wrong.collect())
}

/// What helps, by what the name of an alarm says.
fn remedy(about: &str) -> String {
    let rez = rez();
    match about {
        "notification-failures" | "circuit-breaker-open" => format!(
            "look whether ntfy answers and takes the token of Parameter Store; {rez} breaker shows since when it does not"
        ),
        "dead-letters" => format!("{rez} dlq lists what failed and why; {rez} dlq redrive --all sends it again"),
        "undelivered" => "see the finding about queues".to_owned(),
        "intake-late" => {
            "bursts wait longer than they should: see the quota of StartExecution, and have it raised".to_owned()
        }
        _ if about.starts_with("processing-duration") => {
            format!("{rez} executions --status RUNNING shows what takes so long; ntfy may be slow")
        }
        _ if about.ends_with("-errors") || about.ends_with("-failed") => {
            format!(
                "{rez} logs --level ERROR --since 1h shows why; the deployment before may be the cause: see docs/aws.md"
            )
        }
        _ => "look at it in CloudWatch".to_owned(),
    }
}

async fn alarms(deployment: &Deployment) -> Result<Vec<Value>, Refusal> {
    let mut input = json!({ "AlarmNamePrefix": PREFIX, "MaxRecords": 100 });
    let mut all = Vec::new();
    for _ in 0..PAGES {
        let answer = deployment
            .signed
            .call(&Service::CLOUDWATCH, "DescribeAlarms", &input)
            .await;
        let answer = answer.map_err(|error| Refusal::of_signed("cloudwatch:DescribeAlarms", error))?;
        all.extend(answer["MetricAlarms"].as_array().into_iter().flatten().cloned());
        match &answer["NextToken"] {
            Value::String(token) => input["NextToken"] = token.as_str().into(),
            _ => break,
        }
    }
    Ok(all)
}
