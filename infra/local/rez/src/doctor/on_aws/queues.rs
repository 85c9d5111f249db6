//! The queues, and how much lies in them.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;

use super::super::finding::Finding;
use super::all_well;
use crate::aws::{Deployment, INTAKE, QUEUE, Refusal, UNDELIVERED};
use crate::hint::rez;

const CHECK: &str = "queues";

pub(super) async fn check(deployment: &Deployment) -> Vec<Finding> {
    let client = Client::new(&deployment.sdk);
    let (intake, notices, undelivered) = tokio::join!(
        length(deployment, &client, INTAKE),
        length(deployment, &client, QUEUE),
        length(deployment, &client, UNDELIVERED),
    );
    let mut wrong = Vec::new();
    let mut lengths = Vec::new();
    for (queue, found) in [(INTAKE, intake), (QUEUE, notices), (UNDELIVERED, undelivered)] {
        match found {
            Ok(length) => {
                wrong.extend(lies(deployment, queue, length));
                lengths.push(format!("{length} in {queue}"));
            }
            Err(finding) => wrong.push(finding),
        }
    }
    all_well(CHECK, format!("waiting: {}", lengths.join(", ")), wrong)
}

/// What it means that something lies in a queue. What waits in the intake is on its way.
fn lies(deployment: &Deployment, queue: &str, length: u64) -> Option<Finding> {
    let name = deployment.names.of(queue);
    let seen = format!("{length} in {name}");
    match (length, queue) {
        (1.., QUEUE) => {
            let remedy = format!("{0} dlq lists what failed, {0} dlq redrive --all sends it again", rez());
            Some(Finding::warning(CHECK, seen, remedy))
        }
        (1.., UNDELIVERED) => {
            let remedy = "each is a schedule that could not start or an end that could not be recorded: read them with aws sqs \
                          receive-message, and the logs of start-messages and record-outcome";
            Some(Finding::problem(CHECK, seen, remedy))
        }
        _ => None,
    }
}

/// About how many messages wait: SQS tells no other number.
async fn length(deployment: &Deployment, client: &Client, queue: &str) -> Result<u64, Finding> {
    let wanted = QueueAttributeName::ApproximateNumberOfMessages;
    let request = client
        .get_queue_attributes()
        .queue_url(deployment.names.queue_url(queue));
    let answer = request
        .attribute_names(wanted.clone())
        .send()
        .await
        .map_err(|error| deployment.unseen(CHECK, &Refusal::of_sdk("sqs:GetQueueAttributes", &error)))?;
    let number = answer
        .attributes
        .as_ref()
        .and_then(|attributes| attributes.get(&wanted)?.parse().ok());
    number.ok_or_else(|| {
        let seen = format!("AWS does not say how much is in {}", deployment.names.of(queue));
        Finding::warning(CHECK, seen, "look again")
    })
}
