//! Acknowledgements: somebody says that they have seen a message.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};
use tables::{NotAcknowledged, Taken};

use crate::body::JsonObject;
use crate::fields::{Fields, text};
use crate::path::{AMessage, Id};
use crate::{Api, Caller, FieldError, MayWrite, PortError, Problem, ProblemKind, Right};

/// The longest name, in characters: the bound of `contracts::Acknowledged`.
pub(super) const NAME_CHARS: usize = 64;

/// Who acknowledges.
#[derive(JsonSchema)]
#[schemars(rename = "NewAcknowledgement", deny_unknown_fields)]
#[expect(dead_code, reason = "it documents the field that `by` takes")]
pub(crate) struct AcknowledgementFields {
    /// Who has seen the message, in their own words.
    #[schemars(length(max = 64))]
    by: Option<String>,
}

/// An acknowledgement that was taken.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Acknowledgement")]
pub(crate) struct AcknowledgementView {
    message_id: String,
    /// Who has seen the message.
    by: Option<String>,
    /// When they said so.
    at: Timestamp,
    /// Whether the execution that waits has heard of it; if not, it finds it when it asks again.
    heard: bool,
}

impl From<NotAcknowledged> for Problem {
    fn from(not: NotAcknowledged) -> Self {
        let kind = match &not {
            NotAcknowledged::NotFound => ProblemKind::NotFound,
            NotAcknowledged::Already(_) | NotAcknowledged::Over => ProblemKind::Conflict,
        };
        Self::new(kind, not.to_string())
    }
}

/// `POST /api/messages/{id}/acknowledge`: the item first, by a conditional write, then the task that waits. Whoever waits and
/// does not hear of it now finds it when they ask again.
pub(crate) async fn acknowledge(
    State(api): State<Api>,
    MayWrite(caller): MayWrite,
    Id(id, _): Id<AMessage>,
    JsonObject(object, _): JsonObject<AcknowledgementFields>,
) -> Result<Json<AcknowledgementView>, Problem> {
    let by = by(object).map_err(|errors| Problem::fields(ProblemKind::InvalidFields, errors))?;
    is_theirs(&api, &caller, &id).await?;
    let (taken, heard) = match give(&api, &id, by.as_deref()).await? {
        Ok(taken) => taken,
        Err(NotAcknowledged::NotFound) => return Err(nobody_waits(&api, &caller, &id).await?),
        Err(not) => return Err(not.into()),
    };
    Ok(Json(AcknowledgementView {
        message_id: id,
        by: taken.given.by,
        at: taken.given.at,
        heard,
    }))
}

/// Takes an acknowledgement and tells whoever waits; whether they have heard of it.
pub(super) async fn give(
    api: &Api,
    id: &str,
    by: Option<&str>,
) -> Result<Result<(Taken, bool), NotAcknowledged>, PortError> {
    let (taken, refusal) = match api.messages.acknowledge(id, by, api.now()).await? {
        Ok(taken) => (taken, None),
        // Told again: the request that gave it may have ended between the two steps.
        Err(NotAcknowledged::Already(taken)) => (taken.clone(), Some(NotAcknowledged::Already(taken))),
        Err(not) => return Ok(Err(not)),
    };
    let given = json!(taken.given).to_string();
    let heard = api.task_tokens.succeed(&taken.token, &given).await?;
    Ok(refusal.map_or(Ok((taken, heard)), Err))
}

/// A writer must not silence others' alarms: somebody else's is as if there were none.
async fn is_theirs(api: &Api, caller: &Caller, id: &str) -> Result<(), Problem> {
    if caller.may(Right::Admin) || caller.may_touch(api.messages.acknowledgement_owner(id).await?.as_deref()) {
        return Ok(());
    }
    Err(nobody_waits(api, caller, id).await?)
}

/// Nobody waits for it, as far as the caller may know. Of a message that is there that is no absence, but how it stands.
async fn nobody_waits(api: &Api, caller: &Caller, id: &str) -> Result<Problem, PortError> {
    let not = NotAcknowledged::NotFound;
    Ok(match api.message_of(caller, id).await? {
        Some(_) => Problem::new(ProblemKind::Conflict, not.to_string()),
        None => not.into(),
    })
}

fn by(object: Map<String, Value>) -> Result<Option<String>, Vec<FieldError>> {
    let mut fields = Fields::new(object);
    let by = fields.take("by", text);
    let mut errors = fields.finish(&["by"]);
    if by.as_ref().is_some_and(|by| by.chars().count() > NAME_CHARS) {
        errors.push(FieldError::new("by", format!("has more than {NAME_CHARS} characters")));
    }
    if errors.is_empty() { Ok(by) } else { Err(errors) }
}
