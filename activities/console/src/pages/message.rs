//! One message: how it stands, and its way there.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Redirect;
use jiff::Timestamp;

use super::{Answer, execution_address, html, message_address};
use crate::console::Console;
use crate::failure::Failure;
use crate::frame::{Frame, Section};
use crate::html::{Markup, duration, encoded, time, time_or_dash};
use crate::json_api::Problem;
use crate::message::{Message, status_badge};
use crate::reader::Reader;
use crate::run::{Outcome, Outline, Run, Visit};
use crate::state_machines::ExecutionId;

/// The most steps that a page lists.
const MOST_STEPS: usize = 200;

#[derive(Template)]
#[template(path = "message.html")]
struct Page {
    frame: Frame,
    message: Message,
    address: String,
    heading: String,
    badge: Markup,
    created: Markup,
    finished: Markup,
    deliver_at: Option<Markup>,
    delivered_at: Option<Markup>,
    dead_at: Option<Markup>,
    steps: Vec<Step>,
    left_out: usize,
    executions: Vec<(String, String)>,
    token: Markup,
}

/// One thing that happened on the way.
struct Step {
    at: Markup,
    class: &'static str,
    sign: &'static str,
    words: String,
    note: String,
    href: String,
}

/// `GET /console/messages/{id}`.
pub(crate) async fn read(State(console): State<Console>, Path(id): Path<String>, reader: Reader) -> Answer {
    let found = console
        .api
        .get(&format!("/api/messages/{}", encoded(&id)), &reader)
        .await?;
    let message: Message = serde_json::from_value(found).map_err(|_| Problem::unreadable())?;
    let now = console.clock.now();
    let (steps, left_out) = steps(&console, &message, now).await?;
    let receipt = message.receipt.as_ref();
    html(&Page {
        frame: Frame::new(&message.heading(), Section::Messages, &reader),
        address: message_address(&message.id),
        heading: message.heading(),
        badge: status_badge(&message.status),
        created: time(message.created_at),
        finished: time_or_dash(message.finished_at),
        deliver_at: message.deliver_at.map(time),
        delivered_at: receipt.map(|receipt| time(receipt.delivered_at)),
        dead_at: message.dead_letter.as_ref().map(|letter| time(letter.at)),
        steps,
        left_out,
        executions: executions(&message),
        token: reader.form_token(),
        message,
    })
}

/// The executions that carried a message: the first has its id as name, each redrive a number behind it.
fn executions(message: &Message) -> Vec<(String, String)> {
    let Some(last) = message.execution() else {
        return Vec::new();
    };
    let name = |n: u32| {
        if n == 0 {
            message.id.clone()
        } else {
            format!("{}-r{n}", message.id)
        }
    };
    let names = (message.redrive.saturating_sub(20)..=message.redrive).map(name);
    let mut names: Vec<String> = names.collect();
    if !names.contains(&last.name) {
        names.push(last.name.clone());
    }
    let one = |name: String| {
        let id = ExecutionId {
            machine: last.machine.clone(),
            name: name.clone(),
        };
        (execution_address(&id), name)
    };
    names.into_iter().map(one).collect()
}

/// What its last execution did: each attempt, each wait, each answer of the breaker, as its history has them.
async fn steps(console: &Console, message: &Message, now: Timestamp) -> Result<(Vec<Step>, usize), Failure> {
    let Some(id) = message.execution() else {
        return Ok((Vec::new(), 0));
    };
    let Some(definition) = console.machines.definition(&id).await? else {
        return Ok((Vec::new(), 0));
    };
    let Ok((_, outline)) = Outline::of(&definition) else {
        return Ok((Vec::new(), 0));
    };
    let events = console.machines.history(&id).await?;
    let run = Run::of(&outline, &events);
    let mut steps: Vec<Step> = run.visits.iter().flat_map(|visit| of_visit(visit, &id, now)).collect();
    let left_out = steps.len().saturating_sub(MOST_STEPS);
    steps.drain(..left_out);
    Ok((steps, left_out))
}

fn of_visit(visit: &Visit, id: &ExecutionId, now: Timestamp) -> Vec<Step> {
    let href = format!(
        "{}?state={}&visit={}",
        execution_address(id),
        encoded(&visit.state),
        visit.id
    );
    let step = |at: Timestamp, end: Option<Timestamp>, outcome: Outcome, words: String, note: String| Step {
        at: time(at),
        class: outcome.class(),
        sign: outcome.sign(),
        words,
        note: match (note.is_empty(), end) {
            (true, end) => format!("took {}", duration(at, end.unwrap_or(now))),
            (false, _) => note,
        },
        href: href.clone(),
    };
    match visit.kind.as_str() {
        "Task" => {
            let several = visit.attempts.len() > 1;
            let attempts = visit.attempts.iter().enumerate().map(|(number, attempt)| {
                let words = if several || attempt.outcome != Outcome::Succeeded {
                    format!("{}, attempt {}", words(&visit.state), number + 1)
                } else {
                    words(&visit.state)
                };
                let failure = attempt.failure.as_ref();
                let note = failure.map(|failure| {
                    let (error, cause) = (failure.error.as_deref(), failure.cause.as_deref().map(told));
                    [error.unwrap_or_default(), cause.as_deref().unwrap_or_default()].join(": ")
                });
                step(
                    attempt.at,
                    attempt.ended_at,
                    attempt.outcome,
                    words,
                    note.unwrap_or_default(),
                )
            });
            attempts.collect()
        }
        "Wait" => {
            let end = visit.left_at.unwrap_or(now);
            let waited = if visit.is_open() { "waiting for" } else { "waited" };
            let note = format!("{waited} {}", duration(visit.entered_at, end));
            vec![step(
                visit.entered_at,
                visit.left_at,
                visit.outcome,
                words(&visit.state),
                note,
            )]
        }
        "Fail" | "Succeed" => vec![step(
            visit.entered_at,
            visit.left_at,
            visit.outcome,
            words(&visit.state),
            "the end".to_owned(),
        )],
        _ => Vec::new(),
    }
}

/// A failure's cause: an activity's error stands inside of JSON, and its reason may stand inside of JSON once more.
fn told(cause: &str) -> String {
    let member = |text: &str, name: &str| {
        let object = serde_json::from_str::<serde_json::Value>(text).ok()?;
        object[name].as_str().map(str::to_owned)
    };
    let message = member(cause, "errorMessage");
    let reason = message.as_ref().and_then(|message| member(message, "reason"));
    reason
        .or(message)
        .unwrap_or_else(|| cause.to_owned())
        .chars()
        .take(400)
        .collect()
}

/// `DeliverMessage` as words: `Deliver message`.
fn words(state: &str) -> String {
    let mut words = String::new();
    for char in state.chars() {
        if char.is_uppercase() && !words.is_empty() {
            words.push(' ');
            words.extend(char.to_lowercase());
        } else {
            words.push(char);
        }
    }
    words
}

/// `POST /console/messages/{id}/redrive`.
pub(crate) async fn send_again(
    State(console): State<Console>,
    Path(id): Path<String>,
    reader: Reader,
) -> Result<Redirect, Failure> {
    let path = format!("/api/messages/{}/redrive", encoded(&id));
    console.api.post(&path, &serde_json::json!({}), &reader).await?;
    Ok(Redirect::to(&message_address(&id)))
}

/// `POST /console/messages/{id}/cancel`.
pub(crate) async fn cancel(
    State(console): State<Console>,
    Path(id): Path<String>,
    reader: Reader,
) -> Result<Redirect, Failure> {
    console
        .api
        .delete(&format!("/api/messages/{}", encoded(&id)), &reader)
        .await?;
    Ok(Redirect::to(&message_address(&id)))
}

#[cfg(test)]
mod tests {
    use super::{told, words};

    #[test]
    fn states_are_told_in_words() {
        assert_eq!(words("DeliverMessage"), "Deliver message");
        assert_eq!(words("LeaveNtfyAlone"), "Leave ntfy alone");
    }

    #[test]
    fn an_activity_says_itself_what_went_wrong() {
        assert_eq!(
            told(r#"{"errorType": "X", "errorMessage": "the reason"}"#),
            "the reason"
        );
        assert_eq!(told(r#"{"errorMessage": "{\"reason\":\"status 503\"}"}"#), "status 503");
        assert_eq!(told("plain"), "plain");
    }
}
