//! `rez dlq`.

use serde_json::{Value, json};

use super::start::{ended, succeeded};
use crate::arguments::{DlqAction, DlqArgs, RedriveArgs};
use crate::client::{Client, without_request};
use crate::failure::{Exit, Failure};
use crate::follow::Follower;
use crate::hint::rez;
use crate::output::{self, excerpt, word};
use crate::session::Session;

/// The workflow that redrives.
const WORKFLOW: &str = "redrive-dead-letters";

/// Refuses a redrive of nothing.
pub(crate) fn check(arguments: &DlqArgs) -> Result<(), Failure> {
    match &arguments.action {
        Some(DlqAction::Redrive(redrive)) if redrive.ids.is_empty() && !redrive.all && !redrive.workflow => {
            Err(Failure::refused(format!(
                "name the ids of the messages to send again, as {} dlq lists them, or give --all or --workflow",
                rez()
            )))
        }
        _ => Ok(()),
    }
}

/// Lists dead letters, or sends them again.
pub(crate) async fn run(session: &Session, arguments: &DlqArgs) -> Result<(), Failure> {
    match &arguments.action {
        None | Some(DlqAction::List) => list(&session.client, arguments.json).await,
        Some(DlqAction::Redrive(redrive)) if redrive.workflow => by_workflow(session, redrive, arguments.json).await,
        Some(DlqAction::Redrive(redrive)) => send_again(session, redrive, arguments.json).await,
    }
}

async fn list(client: &Client, json: bool) -> Result<(), Failure> {
    let letters = client.dead_letters().await?;
    if json {
        return output::json_lines(&letters);
    }
    output::note_if_none(
        &letters,
        "no dead letters: every message was delivered or is on its way",
    );
    letters.iter().try_for_each(|letter| {
        let delivered = if letter["delivered"] == true {
            "delivered, not recorded: "
        } else {
            ""
        };
        let reason = excerpt(word(letter, "/reason"), 120);
        output::line(format_args!(
            "{}  {:<24}  {delivered}{reason}",
            word(letter, "/message_id"),
            output::time(word(letter, "/at"))
        ))
    })
}

async fn send_again(session: &Session, arguments: &RedriveArgs, json: bool) -> Result<(), Failure> {
    let (redriven, refused) = redriven(&session.client, arguments).await?;
    if json {
        output::json_lines(redriven.iter().chain(&refused))?;
    }
    if redriven.is_empty() && refused.is_empty() && !json {
        output::note("no dead letters: there is nothing to send again");
    }
    let would = if arguments.dry_run { "would be " } else { "" };
    for one in redriven.iter().filter(|_| !json) {
        output::line(format_args!(
            "{}  {would}sent again as {}",
            word(one, "/message_id"),
            word(one, "/execution")
        ))?;
    }
    // A server of this process's own ends with it: the messages are carried to their end first.
    if session.is_own() && !arguments.dry_run {
        carried(&session.client, &redriven, json).await?;
    }
    match refused.first() {
        None => Ok(()),
        Some(first) => {
            let (id, detail) = (word(first, "/message_id"), without_request(word(first, "/detail")));
            let all = refused.len();
            Err(Failure::new(
                Exit::Refused,
                format!("{all} not sent again, the first is {id}: {detail}"),
            ))
        }
    }
}

/// Lets an execution of the workflow do it, and shows how it goes.
async fn by_workflow(session: &Session, arguments: &RedriveArgs, json: bool) -> Result<(), Failure> {
    let client = &session.client;
    let input = json!({ "limit": arguments.limit, "dry_run": arguments.dry_run, "reason": arguments.reason });
    let arn = client.start_execution(WORKFLOW, None, &input.to_string()).await?;
    let report = succeeded(&ended(client, &arn, json).await?)?;
    let results = report["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    if json {
        output::json_lines(results)?;
    } else {
        output::note_if_none(results, "no dead letters: there is nothing to send again");
        results.iter().try_for_each(told)?;
    }
    if report["more"] == true {
        output::note(format_args!("there are more: {} dlq redrive --workflow again", rez()));
    }
    // A server of this process's own ends with it: the messages are carried to their end first.
    if session.is_own() {
        let started = results.iter().filter(|one| one["outcome"] == "redriven");
        let started: Vec<_> = started.map(|one| with_arn(one, &arn)).collect();
        carried(client, &started, json).await?;
    }
    Ok(())
}

/// What became of one dead letter, as the workflow reports it.
fn told(result: &Value) -> Result<(), Failure> {
    let (id, execution) = (word(result, "/message_id"), word(result, "/execution"));
    match word(result, "/outcome") {
        "redriven" => output::line(format_args!("{id}  sent again as {execution}")),
        "would_be_redriven" => output::line(format_args!("{id}  would be sent again as {execution}")),
        _ => output::line(format_args!(
            "{id}  not sent again: {}",
            excerpt(word(result, "/reason"), 200)
        )),
    }
}

/// The result with the ARN of the execution that carries the message, which runs beside the workflow's own.
fn with_arn(result: &Value, own: &str) -> Value {
    let account = own.split(":execution:").next().unwrap_or_default();
    let arn = format!("{account}:execution:process-message:{}", word(result, "/execution"));
    json!({ "message_id": result["message_id"], "execution_arn": arn })
}

/// What is sent again and what is not; one request after the other until there are no more.
async fn redriven(client: &Client, arguments: &RedriveArgs) -> Result<(Vec<Value>, Vec<Value>), Failure> {
    let (mut redriven, mut refused) = (Vec::new(), Vec::new());
    let all = if arguments.all {
        // Whoever may not read that is shown less, and refused nothing.
        client.count_dead_letters().await.unwrap_or_default()
    } else {
        arguments.ids.len()
    };
    let progress = output::bar(all, if arguments.dry_run { "looked at" } else { "sent again" });
    let mut take = |answer: &Value| {
        redriven.extend(answer["redriven"].as_array().cloned().unwrap_or_default());
        refused.extend(answer["refused"].as_array().cloned().unwrap_or_default());
        progress.set_position((redriven.len() + refused.len()) as u64);
    };
    if arguments.all {
        let mut request = json!({ "all": true, "dry_run": arguments.dry_run });
        loop {
            let answer = client.redrive(&request).await?;
            take(&answer);
            match answer["next_cursor"].as_str() {
                Some(cursor) => request["cursor"] = cursor.into(),
                None => break,
            }
        }
    } else {
        for ids in arguments.ids.chunks(100) {
            take(
                &client
                    .redrive(&json!({ "ids": ids, "dry_run": arguments.dry_run }))
                    .await?,
            );
        }
    }
    progress.finish_and_clear();
    Ok((redriven, refused))
}

async fn carried(client: &Client, redriven: &[Value], quiet: bool) -> Result<(), Failure> {
    let mut failed = Vec::new();
    let progress = output::bar(redriven.len(), "ended");
    for one in redriven {
        Follower::silent().follow(client, word(one, "/execution_arn")).await?;
        let id = word(one, "/message_id");
        let message = client.ended(id).await?;
        let status = word(&message, "/status");
        progress.inc(1);
        if !quiet {
            progress.suspend(|| output::line(format_args!("{id}  {}", output::status(status))))?;
        }
        if status != "completed" {
            failed.push(id);
        }
    }
    progress.finish_and_clear();
    let Some(id) = failed.first() else { return Ok(()) };
    let (some, all) = (failed.len(), redriven.len());
    let text = format!(
        "{some} of {all} failed again, the first is {id}: see {} message {id}",
        rez()
    );
    Err(Failure::new(Exit::NotDelivered, text))
}
