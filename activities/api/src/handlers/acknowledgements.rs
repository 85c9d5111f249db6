//! Acknowledgements: somebody says that they have seen a message.

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};
use tables::NotAcknowledged;

use crate::body::JsonObject;
use crate::fields::{Fields, text};
use crate::path::Id;
use crate::{Api, FieldError, Problem, ProblemKind};

/// The longest name, in characters: the bound of `contracts::Acknowledged`.
const NAME_CHARS: usize = 64;

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
    Id(id): Id,
    JsonObject(object): JsonObject,
) -> Result<Json<Value>, Problem> {
    let by = by(object).map_err(|errors| Problem::fields(ProblemKind::InvalidFields, errors))?;
    let (taken, refusal) = match api.messages.acknowledge(&id, by.as_deref(), api.now()).await? {
        Ok(taken) => (taken, None),
        // Told again: the request that gave it may have ended between the two steps.
        Err(NotAcknowledged::Already(taken)) => (taken.clone(), Some(NotAcknowledged::Already(taken))),
        Err(not) => return Err(not.into()),
    };
    let given = taken.given;
    let heard = api.task_tokens.succeed(&taken.token, &json!(given).to_string()).await?;
    match refusal {
        Some(already) => Err(already.into()),
        None => Ok(Json(
            json!({ "message_id": id, "by": given.by, "at": given.at, "heard": heard }),
        )),
    }
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
