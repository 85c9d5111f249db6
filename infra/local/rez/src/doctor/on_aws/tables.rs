//! The tables: there, with their indexes, their expiry, and a way back to yesterday.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    ContinuousBackupsDescription, PointInTimeRecoveryStatus, TableDescription, TimeToLiveStatus,
};
use tables::{CIRCUIT_BREAKER, MESSAGES, TableDefinition};

use super::super::finding::Finding;
use super::all_well;
use crate::aws::{Deployment, Refusal};

const CHECK: &str = "tables";

pub(super) async fn check(deployment: &Deployment) -> Vec<Finding> {
    let client = Client::new(&deployment.sdk);
    let (messages, breakers) = (deployment.names.messages(), deployment.names.breakers());
    let (of_messages, of_breakers) = tokio::join!(
        table(deployment, &client, &messages, &MESSAGES),
        table(deployment, &client, &breakers, &CIRCUIT_BREAKER),
    );
    let wrong = of_messages.into_iter().chain(of_breakers).collect();
    all_well(
        CHECK,
        format!("{messages} and {breakers} are active, expire and are backed up as they should"),
        wrong,
    )
}

async fn table(deployment: &Deployment, client: &Client, name: &str, definition: &TableDefinition) -> Vec<Finding> {
    let mut wrong = match client.describe_table().table_name(name).send().await {
        Ok(found) => found
            .table
            .map(|table| standing(deployment, name, definition, &table))
            .unwrap_or_default(),
        // Nothing else is there either.
        Err(error) => return vec![deployment.unseen(CHECK, &Refusal::of_sdk("dynamodb:DescribeTable", &error))],
    };
    wrong.extend(expiry(deployment, client, name, definition).await);
    wrong.extend(backups(deployment, client, name).await);
    wrong
}

fn standing(
    deployment: &Deployment,
    name: &str,
    definition: &TableDefinition,
    table: &TableDescription,
) -> Vec<Finding> {
    let mut wrong = Vec::new();
    let status = table.table_status().map_or("unknown", |status| status.as_str());
    if status != "ACTIVE" {
        wrong.push(Finding::problem(
            CHECK,
            format!("{name} is {status}"),
            "wait until AWS is done with it, then look again",
        ));
    }
    for index in definition.indexes {
        let found = table
            .global_secondary_indexes()
            .iter()
            .find(|found| found.index_name() == Some(index.name));
        let status = found.map_or("not there", |found| {
            found.index_status().map_or("unknown", |status| status.as_str())
        });
        if status != "ACTIVE" {
            let remedy = "deploy the template of this version, or wait until the index is built: lists need it";
            wrong.push(Finding::problem(
                CHECK,
                format!("the index {} of {name} is {status}", index.name),
                remedy,
            ));
        }
    }
    if deployment.names.stage == "prod" && table.deletion_protection_enabled() != Some(true) {
        let remedy = "deploy the template: it protects the tables of prod";
        wrong.push(Finding::warning(
            CHECK,
            format!("{name} may be deleted by mistake"),
            remedy,
        ));
    }
    wrong
}

async fn expiry(deployment: &Deployment, client: &Client, name: &str, definition: &TableDefinition) -> Option<Finding> {
    let attribute = definition.ttl?;
    let described = match client.describe_time_to_live().table_name(name).send().await {
        Ok(found) => found.time_to_live_description,
        Err(error) => return Some(deployment.unseen(CHECK, &Refusal::of_sdk("dynamodb:DescribeTimeToLive", &error))),
    };
    let enabled = [TimeToLiveStatus::Enabled, TimeToLiveStatus::Enabling];
    let set = described.is_some_and(|found| {
        found.attribute_name() == Some(attribute)
            && found
                .time_to_live_status()
                .is_some_and(|status| enabled.contains(status))
    });
    let remedy = "deploy the template: without it the table grows for ever";
    (!set).then(|| Finding::warning(CHECK, format!("items of {name} do not expire by {attribute}"), remedy))
}

async fn backups(deployment: &Deployment, client: &Client, name: &str) -> Option<Finding> {
    let described = match client.describe_continuous_backups().table_name(name).send().await {
        Ok(found) => found.continuous_backups_description,
        Err(error) => {
            let refusal = Refusal::of_sdk("dynamodb:DescribeContinuousBackups", &error);
            return Some(deployment.unseen(CHECK, &refusal));
        }
    };
    let recovery = described
        .as_ref()
        .and_then(ContinuousBackupsDescription::point_in_time_recovery_description);
    let status = recovery.and_then(|recovery| recovery.point_in_time_recovery_status());
    let remedy = "deploy the template: it switches point-in-time recovery on";
    (status != Some(&PointInTimeRecoveryStatus::Enabled))
        .then(|| Finding::warning(CHECK, format!("{name} cannot be restored to a point in time"), remedy))
}
