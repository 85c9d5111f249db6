//! `rez send`.

use api::NewMessage;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::input;
use crate::arguments::SendArgs;
use crate::client::Accepted;
use crate::failure::{Exit, Failure};
use crate::follow::Follower;
use crate::hint::rez;
use crate::output::{self, word};
use crate::session::Session;

/// The request, checked by the API's own rules.
pub(crate) fn checked(arguments: &SendArgs) -> Result<Value, Failure> {
    let now = Timestamp::now();
    let message = request(arguments, now)?;
    NewMessage::parse(message.clone(), now)?;
    Ok(Value::Object(message))
}

fn request(arguments: &SendArgs, now: Timestamp) -> Result<Map<String, Value>, Failure> {
    let deliver_at = match arguments.r#in {
        Some(duration) => {
            let at = now
                .checked_add(duration)
                .map_err(|_| Failure::refused("--in lies too far ahead"))?;
            Some(at)
        }
        None => arguments.at,
    };
    let own = [
        ("body", Some(json!(body(arguments)?))),
        ("deliver_at", deliver_at.map(|at| json!(at))),
        ("dedup_key", arguments.dedup_key.as_ref().map(|key| json!(key))),
        ("message_type", Some(json!("manual"))),
    ];
    Ok(input::given(own.into_iter().chain(arguments.options.fields())))
}

fn body(arguments: &SendArgs) -> Result<String, Failure> {
    input::text(arguments.body.as_deref().unwrap_or_default(), "body")
}

/// A message on its way. What has been told of it is not told again after its server has changed.
pub(crate) struct Sending<'a> {
    arguments: &'a SendArgs,
    message: &'a Value,
    /// Every message has a key, so that a request whose answer was lost can be repeated: it is accepted once.
    key: String,
    accepted: Option<Accepted>,
    told: bool,
    follower: Follower,
}

impl<'a> Sending<'a> {
    pub(crate) fn new(arguments: &'a SendArgs, message: &'a Value) -> Self {
        let follower = if arguments.json {
            Follower::silent()
        } else {
            Follower::default()
        };
        Self {
            arguments,
            message,
            key: arguments
                .dedup_key
                .clone()
                .unwrap_or_else(|| Uuid::new_v4().to_string()),
            accepted: None,
            told: false,
            follower,
        }
    }

    /// Sends the message unless that is done, and shows how it fares unless nobody wants to wait.
    pub(crate) async fn run(&mut self, session: &Session) -> Result<(), Failure> {
        let arguments = self.arguments;
        let accepted = match self.accepted.take() {
            Some(accepted) => accepted,
            None => session.client.send(self.message, &self.key).await?,
        };
        let accepted = &*self.accepted.insert(accepted);
        if !arguments.json && !std::mem::replace(&mut self.told, true) {
            told(accepted, arguments.dedup_key.is_some())?;
        }
        if arguments.no_wait {
            return accepted_only(session, arguments, accepted);
        }
        let (id, execution) = (
            word(&accepted.message, "/message_id"),
            word(&accepted.message, "/execution/arn"),
        );
        self.follower.follow(&session.client, execution).await?;
        let ended = session.client.ended(id).await?;
        if arguments.json {
            output::line(&ended)?;
        }
        outcome(&ended, id, arguments.json)
    }
}

fn told(accepted: &Accepted, own_key: bool) -> Result<(), Failure> {
    // Under a key that only this process knows, the request that was accepted before is its own.
    let before = if accepted.replayed && own_key {
        " before, under the same key"
    } else {
        ""
    };
    let id = word(&accepted.message, "/message_id");
    output::line(format_args!("message {id} accepted{before}"))
}

fn accepted_only(session: &Session, arguments: &SendArgs, accepted: &Accepted) -> Result<(), Failure> {
    if arguments.json {
        output::line(&accepted.message)?;
    }
    if session.is_own() {
        output::note("no rez serve is running on this data directory: the next one carries the message on");
    }
    Ok(())
}

fn outcome(message: &Value, id: &str, quiet: bool) -> Result<(), Failure> {
    match word(message, "/status") {
        "completed" if quiet => Ok(()),
        "completed" => {
            let (topic, ntfy_id) = (word(message, "/receipt/topic"), word(message, "/receipt/ntfy_id"));
            let status = output::status("completed");
            output::line(format_args!(
                "message {id} {status}: topic {topic}, notification {ntfy_id}"
            ))?;
            output::line(format_args!("read it with: {} message {id}", rez()))
        }
        "failed" => {
            let reason = output::excerpt(word(message, "/dead_letter/reason"), 300);
            let text = format!(
                "message {id} failed: {reason}; send it again with: {} dlq redrive {id}",
                rez()
            );
            Err(Failure::new(Exit::NotDelivered, text))
        }
        "cancelled" => Err(Failure::new(
            Exit::NotDelivered,
            format!("message {id} was cancelled before it was delivered"),
        )),
        other => Err(Failure::failed(format!(
            "message {id} is still {other} though its execution has ended: see {} history {id}",
            rez()
        ))),
    }
}
