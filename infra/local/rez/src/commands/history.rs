//! `rez history`.

use serde_json::Value;

use super::executions::time;
use crate::arguments::HistoryArgs;
use crate::client::Client;
use crate::failure::Failure;
use crate::hint::rez;
use crate::output::{self, word};
use crate::session::Session;

/// Shows the history of an execution.
pub(crate) async fn run(session: &Session, arguments: &HistoryArgs) -> Result<(), Failure> {
    let client = &session.client;
    let events = find(client, &arguments.execution).await?;
    if arguments.json {
        return output::json_lines(&events);
    }
    let rows: Vec<Vec<String>> = events.iter().map(row).collect();
    output::table(&rows)
}

/// How many executions are looked through for a name of which no state machine knows.
const NEWEST: usize = 1_000;

/// The history by ARN, by the name of an execution of any state machine, or by the message that it carries.
async fn find(client: &Client, given: &str) -> Result<Vec<Value>, Failure> {
    let nothing = || {
        Failure::refused(format!(
            "there is no execution and no message {given}: see {} executions",
            rez()
        ))
    };
    if given.starts_with("arn:") {
        return client.history(given).await?.ok_or_else(nothing);
    }
    for state_machine in client.state_machines().await? {
        let arn = format!("{}:{given}", state_machine.replacen(":stateMachine:", ":execution:", 1));
        if let Some(events) = client.history(&arn).await? {
            return Ok(events);
        }
    }
    // Its state machine may have been deleted.
    let newest = client.executions(None, NEWEST).await?;
    if let Some(found) = newest.iter().find(|execution| execution["name"] == given) {
        return client.history(word(found, "/executionArn")).await?.ok_or_else(nothing);
    }
    let message = client.message(given).await.map_err(|_| nothing())?;
    client
        .history(word(&message, "/execution/arn"))
        .await?
        .ok_or_else(nothing)
}

/// What fits on a line: inputs and outputs are shown with `--json`.
fn row(event: &Value) -> Vec<String> {
    let details = event
        .as_object()
        .into_iter()
        .flatten()
        .find(|(name, _)| name.ends_with("EventDetails"));
    let about = details.map(|(_, details)| {
        let members = ["/name", "/resourceType", "/resource", "/error"].map(|member| word(details, member));
        output::harmless(
            &members
                .into_iter()
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
                .join(" "),
        )
    });
    vec![
        format!("{:>4}", event["id"].as_u64().unwrap_or_default()),
        time(event["timestamp"].as_f64().unwrap_or_default()),
        word(event, "/type").to_owned(),
        about.unwrap_or_default(),
    ]
}
