//! The state machines and their aliases, behind which versions are exchanged.

use futures_util::future::join_all;
use serde_json::{Value, json};
use web_api::Service;

use super::super::finding::Finding;
use super::all_well;
use crate::aws::{Deployment, Refusal};
use crate::output::word;

const CHECK: &str = "state machines";
/// Those that the template makes, by their workflows.
pub(super) const WORKFLOWS: [&str; 3] = ["process-message", "escalate-message", "redrive-dead-letters"];

pub(super) async fn check(deployment: &Deployment) -> Vec<Finding> {
    let looked = join_all(WORKFLOWS.map(|workflow| machine(deployment, workflow))).await;
    let (mut shifting, mut wrong) = (Vec::new(), Vec::new());
    for looked in looked {
        match looked {
            Ok(shifts) => shifting.extend(shifts),
            Err(finding) => wrong.push(finding),
        }
    }
    let shifting = if shifting.is_empty() {
        String::new()
    } else {
        format!("; a release is under way: {}", shifting.join(", "))
    };
    all_well(CHECK, format!("{} are active{shifting}", WORKFLOWS.join(", ")), wrong)
}

/// How executions are shared among versions, where it is more than one.
async fn machine(deployment: &Deployment, workflow: &str) -> Result<Option<String>, Finding> {
    let arn = deployment.names.state_machine(workflow);
    let machine = ask(deployment, "DescribeStateMachine", json!({ "stateMachineArn": arn })).await?;
    let status = word(&machine, "/status");
    if status != "ACTIVE" {
        let remedy = "deploy the template again: a state machine that is being deleted starts nothing";
        return Err(Finding::problem(CHECK, format!("{workflow} is {status}"), remedy));
    }
    let alias = json!({ "stateMachineAliasArn": deployment.names.alias(workflow) });
    let alias = ask(deployment, "DescribeStateMachineAlias", alias).await?;
    let routes = alias["routingConfiguration"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let shares: Vec<String> = routes.iter().map(share).collect();
    Ok((shares.len() > 1).then(|| format!("{workflow} {}", shares.join(" and "))))
}

fn share(route: &Value) -> String {
    let version = word(route, "/stateMachineVersionArn")
        .rsplit(':')
        .next()
        .unwrap_or_default();
    format!("{} % in version {version}", route["weight"])
}

async fn ask(deployment: &Deployment, operation: &str, input: Value) -> Result<Value, Finding> {
    let answer = deployment
        .signed
        .call(&Service::STEP_FUNCTIONS, operation, &input)
        .await;
    answer.map_err(|error| {
        let refusal = Refusal::of_signed(format!("states:{operation}"), error);
        deployment.unseen(CHECK, &refusal)
    })
}
