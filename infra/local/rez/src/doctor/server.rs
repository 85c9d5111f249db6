//! The server of the data directory: who has it, whether it answers, and what it knows of breakers and dead letters.

use server::{Owner, ServeFile, owner};

use super::PATIENCE;
use super::finding::Finding;
use crate::arguments::Settings;
use crate::client::Client;
use crate::hint::rez;
use crate::output::word;
use crate::session;

/// The check that says whether a server runs.
pub(super) const RUNS: &str = "server";
const BREAKER: &str = "circuit breaker";
const DEAD_LETTERS: &str = "dead letters";

pub(super) async fn check(settings: &Settings) -> Vec<Finding> {
    let directory = settings.data_dir.as_path();
    let process = match owner(directory) {
        Ok(Owner::Process(process)) => process,
        Ok(Owner::Nobody) => {
            let waits = format!(
                "start {} serve: until then nothing is delivered and no timer fires",
                rez()
            );
            return vec![Finding::warning(RUNS, "none runs on this directory", waits)];
        }
        Err(error) => {
            let remedy = "give this user read and write permission on the directory's files";
            return vec![Finding::problem(
                RUNS,
                format!("the lock cannot be looked at: {error}"),
                remedy,
            )];
        }
    };
    let file = ServeFile::read(directory).filter(|file| file.pid.to_string() == process);
    let Some(file) = file else {
        let seen = format!("process {process} has the directory and does not say where it listens");
        let remedy = format!(
            "wait until it has started, or stop process {process} and start {} serve",
            rez()
        );
        return vec![Finding::problem(RUNS, seen, remedy)];
    };
    let client = match session::client(settings, file.addresses) {
        Ok(client) => client,
        Err(failure) => {
            let remedy = format!("restart {} serve", rez());
            return vec![Finding::problem(RUNS, failure.to_string(), remedy)];
        }
    };
    if let Ok(findings) = tokio::time::timeout(PATIENCE, answers(&client, file.pid)).await {
        return findings;
    }
    let seen = format!("process {process} does not answer within {} s", PATIENCE.as_secs());
    let remedy = format!(
        "look at its log, then stop process {process} and start {} serve again",
        rez()
    );
    vec![Finding::problem(RUNS, seen, remedy)]
}

async fn answers(client: &Client, process: u32) -> Vec<Finding> {
    let again = format!("look at its log, then restart {} serve", rez());
    let health = match client.health().await {
        Ok(health) => health,
        Err(failure) => return vec![Finding::problem(RUNS, failure.to_string(), again)],
    };
    let status = word(&health, "/status");
    let mut findings = vec![match status {
        "ok" => Finding::ok(RUNS, format!("process {process} answers")),
        status => Finding::problem(RUNS, format!("process {process} says that it is {status}"), again),
    }];
    findings.extend(breakers(client).await);
    findings.push(dead_letters(client).await);
    findings
}

pub(super) async fn breakers(client: &Client) -> Vec<Finding> {
    let breakers = match client.breakers().await {
        Ok(breakers) => breakers,
        Err(failure) => {
            return vec![Finding::warning(
                BREAKER,
                failure.to_string(),
                format!("{} breaker", rez()),
            )];
        }
    };
    let open: Vec<Finding> = breakers
        .iter()
        .filter(|breaker| word(breaker, "/state") != "CLOSED")
        .map(|breaker| {
            let (service, state) = (word(breaker, "/service_name"), word(breaker, "/state"));
            let remedy = format!(
                "mend {service}; the breaker closes by itself once deliveries succeed, or at once by {} breaker reset",
                rez()
            );
            Finding::problem(BREAKER, format!("{state} for {service}"), remedy)
        })
        .collect();
    if open.is_empty() {
        return vec![Finding::ok(BREAKER, "closed")];
    }
    open
}

pub(super) async fn dead_letters(client: &Client) -> Finding {
    match client.dead_letters().await {
        Ok(letters) if letters.is_empty() => Finding::ok(DEAD_LETTERS, "none"),
        Ok(letters) => Finding::warning(
            DEAD_LETTERS,
            format!("messages that were not delivered: {}", letters.len()),
            format!(
                "{0} dlq lists them with their reasons; {0} dlq redrive --all sends them again",
                rez()
            ),
        ),
        Err(failure) => Finding::warning(DEAD_LETTERS, failure.to_string(), format!("{} dlq", rez())),
    }
}
