//! Dead letters: listed from the messages' items, which know what the queue has forgotten.

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};
use tables::{ListBy, ListQuery, MessageItem};

use contracts::Status;

use crate::body::JsonObject;
use crate::fields::{Fields, flag, text, texts};
use crate::query::{Parameters, bad_cursor};
use crate::redrive::RedriveView;
use crate::{Api, FieldError, Problem, ProblemKind};

/// How many dead letters one request redrives; `all` goes on with the answer's `next_cursor`.
const AT_ONCE: usize = 500;

/// `GET /api/dead-letters`: newest messages first, without their texts.
pub(crate) async fn list(State(api): State<Api>, parameters: Parameters) -> Result<Json<Value>, Problem> {
    let page = api
        .messages
        .list(&parameters.failed()?)
        .await?
        .map_err(|_| bad_cursor())?;
    let dead_letters: Vec<Value> = page.items.iter().map(dead_letter).collect();
    Ok(Json(json!({ "dead_letters": dead_letters, "next_cursor": page.next })))
}

fn dead_letter(item: &MessageItem) -> Value {
    let letter = item.dead_letter.as_ref();
    json!({
        "message_id": item.message_id,
        "reason": letter.map(|letter| letter.reason.as_str()),
        "at": letter.map(|letter| letter.at),
        "n": letter.map_or(item.redrive, |letter| letter.n),
        "delivered": letter.is_some_and(|letter| letter.delivered),
        "created_at": item.created_at(),
        "execution": item.execution.name,
        "redrive_pending": item.redrive_pending,
    })
}

/// What a bulk redrive is asked to do.
struct Wanted {
    which: Which,
    dry_run: bool,
}

enum Which {
    These(Vec<String>),
    All { cursor: Option<String> },
}

impl Wanted {
    fn parse(object: Map<String, Value>) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new(object);
        let (ids, all) = (fields.take("ids", texts), fields.take("all", flag).unwrap_or_default());
        let cursor = fields.take("cursor", text);
        let dry_run = fields.take("dry_run", flag).unwrap_or_default();
        let mut errors = fields.finish(&["ids", "all", "dry_run", "cursor"]);
        let which = match ids {
            Some(ids) if !all && cursor.is_none() => Some(Which::These(ids)),
            None if all => Some(Which::All { cursor }),
            _ => None,
        };
        match which {
            Some(Which::These(ids)) if ids.len() > AT_ONCE => {
                errors.push(FieldError::new(
                    "ids",
                    format!("are {}, at most {AT_ONCE} are taken", ids.len()),
                ));
            }
            Some(which) if errors.is_empty() => return Ok(Self { which, dry_run }),
            None if errors.is_empty() => {
                errors.push(FieldError::new(
                    "ids",
                    "send either ids, or all: true with an optional cursor",
                ));
            }
            _ => {}
        }
        Err(errors)
    }
}

/// `POST /api/dead-letters/redrive`: each dead letter on its own; one that cannot be redriven does not keep the others.
pub(crate) async fn send_again(State(api): State<Api>, JsonObject(object): JsonObject) -> Result<Json<Value>, Problem> {
    let wanted = Wanted::parse(object).map_err(|errors| Problem::fields(ProblemKind::InvalidFields, errors))?;
    let (ids, next) = match wanted.which {
        Which::These(ids) => (ids, None),
        Which::All { cursor } => failed(&api, cursor).await?,
    };
    let (mut redriven, mut refused) = (Vec::<RedriveView>::new(), Vec::new());
    for id in &ids {
        match one(&api, id, wanted.dry_run).await {
            Ok(one) => redriven.push(one),
            Err(problem) => {
                refused.push(json!({ "message_id": id, "code": problem.kind.code(), "detail": problem.detail }));
            }
        }
    }
    if !wanted.dry_run && !redriven.is_empty() {
        api.redrives().drain(redriven.iter().map(|one| &one.redriven)).await;
    }
    Ok(Json(
        json!({ "dry_run": wanted.dry_run, "redriven": redriven, "refused": refused, "next_cursor": next }),
    ))
}

async fn failed(api: &Api, cursor: Option<String>) -> Result<(Vec<String>, Option<String>), Problem> {
    let query = ListQuery {
        cursor,
        limit: AT_ONCE,
        ..ListQuery::newest(ListBy::Status(Status::Failed))
    };
    let page = api.messages.list(&query).await?.map_err(|_| bad_cursor())?;
    Ok((page.items.into_iter().map(|item| item.message_id).collect(), page.next))
}

async fn one(api: &Api, id: &str, dry_run: bool) -> Result<RedriveView, Problem> {
    if !dry_run {
        return Ok(api.redrives().redrive(id).await??.into());
    }
    let item = api.messages.get(id).await?.ok_or_else(Problem::no_message)?;
    if item.status != Status::Failed {
        return Err(tables::NotRedrivable::NotFailed(item.status).into());
    }
    Ok(RedriveView::planned(&item))
}
