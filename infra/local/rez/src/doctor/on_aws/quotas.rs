//! How many executions the account may start: what bounds the rate of messages.

use serde_json::{Value, json};
use web_api::Service;

use super::super::finding::Finding;
use crate::aws::{Deployment, Refusal};
use crate::output::word;

const CHECK: &str = "quotas";
/// Quotas are named by people's words; this one stands in the names of both that bound a rate.
const BOUND: &str = "StartExecution";
/// How many answers are read at most, of a hundred quotas each.
const PAGES: usize = 5;

pub(super) async fn check(deployment: &Deployment) -> Vec<Finding> {
    let quotas = match quotas(deployment).await {
        Ok(quotas) => quotas,
        Err(refusal) => return vec![deployment.unseen(CHECK, &refusal)],
    };
    let bounds = quotas.iter().filter(|quota| word(quota, "/QuotaName").contains(BOUND));
    let bounds: Vec<String> = bounds
        .map(|quota| format!("{} {}", word(quota, "/QuotaName"), quota["Value"]))
        .collect();
    vec![if bounds.is_empty() {
        let remedy =
            "look for Step Functions in Service Quotas; who needs more than docs/aws.md names sends to the queue";
        Finding::warning(CHECK, format!("Service Quotas names none of {BOUND}"), remedy)
    } else {
        Finding::ok(CHECK, bounds.join(", "))
    }]
}

async fn quotas(deployment: &Deployment) -> Result<Vec<Value>, Refusal> {
    let mut input = json!({ "ServiceCode": "states", "MaxResults": 100 });
    let mut all = Vec::new();
    for _ in 0..PAGES {
        let answer = deployment
            .signed
            .call(&Service::SERVICE_QUOTAS, "ListServiceQuotas", &input)
            .await;
        let answer = answer.map_err(|error| Refusal::of_signed("servicequotas:ListServiceQuotas", error))?;
        all.extend(answer["Quotas"].as_array().into_iter().flatten().cloned());
        match &answer["NextToken"] {
            Value::String(token) => input["NextToken"] = token.as_str().into(),
            _ => break,
        }
    }
    Ok(all)
}
