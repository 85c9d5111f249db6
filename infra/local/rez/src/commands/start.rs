//! `rez start`.

use serde::de::IgnoredAny;
use serde_json::Value;

use crate::arguments::StartArgs;
use crate::client::Client;
use crate::failure::Failure;
use crate::follow::Follower;
use crate::hint::rez;
use crate::output::{self, word};
use crate::session::Session;

/// The input as it was given, once it is known to be JSON.
pub(crate) fn checked(arguments: &StartArgs) -> Result<String, Failure> {
    let input = super::input::text(&arguments.input, "input")?;
    match serde_json::from_str::<IgnoredAny>(&input) {
        Ok(_) => Ok(input),
        Err(error) => Err(Failure::refused(format!("input: is no JSON: {error}"))),
    }
}

/// Starts an execution and follows it to its end.
pub(crate) async fn run(session: &Session, arguments: &StartArgs, input: &str) -> Result<(), Failure> {
    let client = &session.client;
    let arn = client
        .start_execution(&arguments.state_machine, arguments.name.as_deref(), input)
        .await?;
    let name = name(&arn);
    if !arguments.json {
        output::line(format_args!("execution {name} started"))?;
    }
    if arguments.no_wait {
        return started_only(session, &arn, arguments.json).await;
    }
    let ended = ended(client, &arn, arguments.json).await?;
    tell(&ended, arguments.json)
}

/// Tells how an execution has ended: its output comes last.
pub(super) fn tell(ended: &Value, json: bool) -> Result<(), Failure> {
    if json {
        output::json(ended)?;
    }
    let output = succeeded(ended)?;
    if json {
        return Ok(());
    }
    output::line(output::harmless(&format!("{output:#}")))
}

/// What is told of an execution whose end nobody waits for.
pub(super) async fn started_only(session: &Session, arn: &str, json: bool) -> Result<(), Failure> {
    if json {
        output::json(&session.client.execution(arn).await?)?;
    }
    if session.is_own() {
        output::note("no rez serve is running on this data directory: the next one carries the execution on");
    }
    Ok(())
}

/// The execution once it has ended, after its states have been told one by one.
pub(super) async fn ended(client: &Client, arn: &str, quiet: bool) -> Result<Value, Failure> {
    let mut follower = if quiet { Follower::silent() } else { Follower::default() };
    follower.follow(client, arn).await?;
    client.execution(arn).await
}

/// The output of an execution that has succeeded.
pub(super) fn succeeded(execution: &Value) -> Result<Value, Failure> {
    let (name, status) = (word(execution, "/name"), word(execution, "/status"));
    if status == "SUCCEEDED" {
        // It is left out where it is larger than anybody would read.
        return Ok(serde_json::from_str(word(execution, "/output")).unwrap_or_default());
    }
    let (error, cause) = (word(execution, "/error"), word(execution, "/cause"));
    let why: Vec<_> = [status, error, cause]
        .into_iter()
        .filter(|word| !word.is_empty())
        .collect();
    Err(Failure::failed(format!(
        "execution {name} ended as {}; see {} history {name}",
        output::excerpt(&why.join(": "), 500),
        rez()
    )))
}

fn name(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or_default()
}
