//! `rez --aws doctor`: whether a stage is there as the template makes it, and how it fares.

mod alarms;
mod functions;
mod machines;
mod parameters;
mod queues;
mod quotas;
mod schedules;
mod tables;

use std::sync::Arc;

use super::finding::Finding;
use super::server;
use crate::arguments::{DoctorArgs, OnAws};
use crate::aws::{Deployment, Kind, Refusal};
use crate::client::Client;
use crate::failure::Failure;

const CREDENTIALS: &str = "credentials";

/// Everything is asked at the same time; whoever is not signed in is told that and nothing else.
pub(super) async fn examine(aws: &OnAws, arguments: &DoctorArgs) -> Result<Vec<Finding>, Failure> {
    if arguments.send_test {
        return Err(Failure::refused(
            "--send-test asks ntfy itself, whose token only the function deliver-message reads on AWS: send a message instead",
        ));
    }
    let deployment = match Deployment::open(aws).await {
        Ok(deployment) => Arc::new(deployment),
        Err(failure) => {
            let remedy = "sign in first: nothing else can be looked at without";
            return Ok(vec![Finding::problem(CREDENTIALS, failure.to_string(), remedy)]);
        }
    };
    let names = &deployment.names;
    let seen = format!(
        "{} in {}, stage {}; version {}",
        deployment.caller,
        names.region,
        names.stage,
        env!("CARGO_PKG_VERSION")
    );
    let mut findings = vec![Finding::ok(CREDENTIALS, seen)];
    let client = Client::on_aws(Arc::clone(&deployment));
    let deployment = &*deployment;
    let (parameters, tables, machines, functions) = tokio::join!(
        parameters::check(deployment),
        tables::check(deployment),
        machines::check(deployment),
        functions::check(deployment),
    );
    let (queues, schedules, alarms, quotas) = tokio::join!(
        queues::check(deployment),
        schedules::check(deployment),
        alarms::check(deployment),
        quotas::check(deployment),
    );
    // One after the other: what AWS has refused to the API is told by the one request that is under way.
    let breakers = server::breakers(&client).await;
    let dead_letters = server::dead_letters(&client).await;
    let all = [
        parameters, tables, machines, functions, queues, schedules, alarms, quotas, breakers,
    ];
    findings.extend(all.into_iter().flatten());
    findings.push(dead_letters);
    Ok(findings)
}

impl Deployment {
    /// A refusal as a finding: what is not there is a problem, what may not be looked at is not known.
    fn unseen(&self, check: &'static str, refusal: &Refusal) -> Finding {
        let remedy = self.remedy(refusal);
        match refusal.kind() {
            Kind::NotThere => Finding::problem(check, refusal.to_string(), remedy),
            _ => Finding::warning(check, format!("cannot be told: {refusal}"), remedy),
        }
    }
}

/// What is in order, in one finding, unless something is not.
fn all_well(check: &'static str, seen: impl Into<String>, wrong: Vec<Finding>) -> Vec<Finding> {
    if wrong.is_empty() {
        vec![Finding::ok(check, seen)]
    } else {
        wrong
    }
}
