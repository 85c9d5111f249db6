//! `rez send --file`: many messages, checked before the first is sent, each sent once however often it is tried.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use api::NewMessage;
use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use crate::arguments::SendArgs;
use crate::client::Accepted;
use crate::failure::{Exit, Failure, Server};
use crate::hint::rez;
use crate::output::{self, word};
use crate::session::Session;

/// How many messages are under way to the server at once.
const AT_ONCE: usize = 16;
/// How many faulty lines are told.
const FAULTS: usize = 20;
/// How often a message is offered to a server that is not there, or has no room now.
const TRIES: u32 = 8;
/// How long the end of a message is waited for beyond its patience.
const BEYOND: Duration = Duration::from_hours(1);

/// The requests of a file, each with a key of its own.
pub(crate) fn checked(arguments: &SendArgs) -> Result<Vec<Value>, Failure> {
    let path = arguments.file.as_deref().unwrap_or(Path::new("-"));
    let text = read(path)?;
    let (mut requests, mut faults, mut seen) = (Vec::new(), Vec::new(), HashMap::<&str, usize>::new());
    let batch = arguments.batch.as_deref().unwrap_or_default();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        // The same line twice is two messages.
        let nth = seen.entry(line.trim()).and_modify(|nth| *nth += 1).or_default();
        match request(line, batch, *nth) {
            Ok(request) => requests.push(request),
            Err(fault) => faults.push(format!("line {number}: {fault}")),
        }
    }
    if !faults.is_empty() {
        let more = faults.len().saturating_sub(FAULTS);
        faults.truncate(FAULTS);
        let more = if more > 0 {
            format!("; and {more} more lines")
        } else {
            String::new()
        };
        let text = format!("{}: nothing was sent: {}{more}", path.display(), faults.join("; "));
        return Err(Failure::refused(text));
    }
    if requests.is_empty() {
        return Err(Failure::refused(format!(
            "{}: has no message; write one JSON object a line, as {{\"body\": \"hello\"}}",
            path.display()
        )));
    }
    Ok(requests)
}

fn read(path: &Path) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| Failure::refused(format!("{}: {error}", path.display()));
    if path != Path::new("-") {
        return std::fs::read_to_string(path).map_err(unreadable);
    }
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

/// One line as a request. Without a key of its own it gets one of its text: whoever sends the file again sends nothing twice.
fn request(line: &str, batch: &str, nth: usize) -> Result<Value, String> {
    let mut object: Map<String, Value> =
        serde_json::from_str(line).map_err(|error| format!("is no JSON object: {error}"))?;
    // That its time has passed is for the server to judge: it knows whether the line was accepted in time.
    NewMessage::parse_again(object.clone(), Timestamp::now()).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        errors.join(", ")
    })?;
    if object.get("dedup_key").is_none_or(Value::is_null) {
        object.insert("dedup_key".to_owned(), json!(key(line.trim(), batch, nth)));
    }
    Ok(Value::Object(object))
}

fn key(line: &str, batch: &str, nth: usize) -> String {
    let mut hash = Sha256::new();
    for part in [batch, line] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.update((nth as u64).to_be_bytes());
    format!("file-{:x}", hash.finalize())
}

/// Sends the messages and waits for their ends unless nobody wants to.
pub(crate) async fn run(session: &Session, arguments: &SendArgs, requests: &[Value]) -> Result<(), Failure> {
    let accepted = send(session, requests).await?;
    let before = accepted.iter().filter(|accepted| accepted.replayed).count();
    if before > 0 && !arguments.json {
        output::note(format_args!(
            "{before} of {} were accepted before; --batch NAME sends them again",
            accepted.len()
        ));
    }
    if arguments.no_wait {
        return accepted_only(session, arguments, &accepted);
    }
    let ended = wait(session, &accepted).await?;
    if arguments.json {
        output::json_lines(&ended)?;
    }
    summary(&ended, arguments.json)
}

async fn send(session: &Session, requests: &[Value]) -> Result<Vec<Accepted>, Failure> {
    let progress = output::bar(requests.len(), "accepted");
    let mut accepted = Vec::with_capacity(requests.len());
    for part in in_turn(requests, Timestamp::now()) {
        let sending = part.into_iter().map(|place| async move {
            let answer = offer(session, &requests[place]).await;
            (place, answer)
        });
        let mut answers = stream::iter(sending).buffered(AT_ONCE);
        while let Some((place, answer)) = answers.next().await {
            let answer = answer.map_err(|failure| after(&failure, accepted.len(), requests.len()))?;
            accepted.push((place, answer));
            progress.inc(1);
        }
    }
    progress.finish_and_clear();
    accepted.sort_by_key(|(place, _)| *place);
    Ok(accepted.into_iter().map(|(_, answer)| answer).collect())
}

/// The places of the requests in the order in which they are offered: those first whose time has passed. The server takes
/// them if it took them before, and refuses them otherwise: then nothing new has been sent yet.
fn in_turn(requests: &[Value], now: Timestamp) -> [Vec<usize>; 2] {
    let late = |place: &usize| {
        let read = requests[*place].as_object().cloned();
        let read = read.and_then(|object| NewMessage::parse_again(object, now).ok());
        read.is_some_and(|message| message.is_late(now).is_some())
    };
    let (late, others) = (0..requests.len()).partition(late);
    [late, others]
}

/// What is left to do when the sending breaks off.
fn after(failure: &Failure, sent: usize, all: usize) -> Failure {
    let text = format!("{failure}; at least {sent} of {all} were accepted: the same command sends the rest");
    Failure::new(failure.exit, text).blaming(failure.server)
}

/// Offers a message until it is taken or refused. Its key makes that harmless.
async fn offer(session: &Session, request: &Value) -> Result<Accepted, Failure> {
    let (mut pause, key) = (Duration::from_millis(100), word(request, "/dedup_key"));
    for _ in 1..TRIES {
        match session.client.send(request, key).await {
            Err(failure) if failure.server != Server::Answered => {}
            answer => return answer,
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    session.client.send(request, key).await
}

fn accepted_only(session: &Session, arguments: &SendArgs, accepted: &[Accepted]) -> Result<(), Failure> {
    if arguments.json {
        output::json_lines(accepted.iter().map(|accepted| &accepted.message))?;
    } else {
        output::line(format_args!("{} messages accepted", accepted.len()))?;
    }
    if session.is_own() {
        output::note("no rez serve is running on this data directory: the next one carries them on");
    }
    Ok(())
}

/// The messages as they have ended; what waits for its time is not waited for.
async fn wait(session: &Session, accepted: &[Accepted]) -> Result<Vec<Value>, Failure> {
    let progress = output::bar(accepted.len(), "ended");
    let waiting = accepted.iter().map(|accepted| end(session, &accepted.message));
    let mut ends = stream::iter(waiting).buffered(AT_ONCE);
    let mut ended = Vec::with_capacity(accepted.len());
    while let Some(message) = ends.next().await {
        ended.push(message?);
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(ended)
}

async fn end(session: &Session, message: &Value) -> Result<Value, Failure> {
    let id = word(message, "/message_id");
    let patience = Duration::from_secs(message["patience"].as_u64().unwrap_or_default());
    let deadline = Instant::now() + patience + BEYOND;
    loop {
        let message = session.client.message(id).await?;
        if word(&message, "/status") == "scheduled" {
            return Ok(message);
        }
        let message = session.client.ended(id).await?;
        let over = ["completed", "failed", "cancelled"].contains(&word(&message, "/status"));
        if over || Instant::now() >= deadline {
            return Ok(message);
        }
    }
}

/// How the messages ended, counted.
fn summary(ended: &[Value], quiet: bool) -> Result<(), Failure> {
    let count = |status: &str| {
        ended
            .iter()
            .filter(|message| word(message, "/status") == status)
            .count()
    };
    let counts = ["completed", "scheduled", "processing", "failed", "cancelled"].map(|status| (count(status), status));
    let told: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, status)| format!("{count} {status}"))
        .collect();
    let told = format!("{} messages: {}", ended.len(), told.join(", "));
    if count("failed") + count("cancelled") > 0 {
        let text = format!("{told}; {} dlq lists what failed with its reasons", rez());
        return Err(Failure::new(Exit::NotDelivered, text));
    }
    if quiet { Ok(()) } else { output::line(told) }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use serde_json::json;

    use super::{in_turn, key, request};

    /// A file that was sent in time may be sent again afterwards: the server tells what it has from what is late.
    #[test]
    fn what_is_late_is_offered_first_and_judged_by_the_server() {
        let now = Timestamp::now();
        let at = |seconds| json!({ "body": "x", "deliver_at": now + SignedDuration::from_secs(seconds) });
        let requests = [json!({ "body": "a" }), at(-3_600), at(3_600), at(-1), at(-61)];
        assert_eq!(in_turn(&requests, now), [vec![1, 4], vec![0, 2, 3]]);
        assert!(request(&at(-3_600).to_string(), "", 0).is_ok());
    }

    #[test]
    fn a_line_has_its_own_key_and_the_same_line_again_another() {
        let first = key("{}", "", 0);
        assert_eq!(first, key("{}", "", 0));
        for other in [key("{ }", "", 0), key("{}", "b", 0), key("{}", "", 1), key("", "{}", 0)] {
            assert_ne!(first, other);
        }
        let given = request(r#"{"body":"x","dedup_key":"mine"}"#, "", 0).unwrap();
        assert_eq!(given["dedup_key"], "mine");
    }

    #[test]
    fn a_fault_is_told_without_the_text() {
        for (line, fault) in [
            ("[]", "is no JSON object"),
            (r#"{"body": ""}"#, "body"),
            (r#"{"body": "x", "secret": 1}"#, "secret"),
            ("{", "is no JSON object"),
        ] {
            assert!(request(line, "", 0).unwrap_err().contains(fault), "{line}");
        }
    }
}
