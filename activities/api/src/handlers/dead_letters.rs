//! Dead letters: listed from the messages' items, which know what the queue has forgotten.

use axum::Json;
use axum::extract::State;
use contracts::Status;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use tables::{ListQuery, MessageItem};

use crate::body::JsonObject;
use crate::fields::{Fields, flag, text, texts};
use crate::query::{self, Query, bad_cursor, failed_of};
use crate::redrive::RedriveView;
use crate::{Api, Caller, FieldError, MayRead, MayWrite, Problem, ProblemKind};

/// How many dead letters one request redrives; `all` goes on with the answer's `next_cursor`.
const AT_ONCE: usize = 500;

/// A page of dead letters.
#[derive(Serialize, JsonSchema)]
pub(crate) struct DeadLetterPage {
    /// The dead letters, newest messages first.
    dead_letters: Vec<DeadLetterView>,
    /// The `cursor` of the next page; `null` at the end.
    next_cursor: Option<String>,
}

/// A message that was not delivered, without its text.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ListedDeadLetter")]
pub(crate) struct DeadLetterView {
    message_id: String,
    /// Why, in one line.
    reason: Option<String>,
    /// When.
    at: Option<Timestamp>,
    /// Which execution of the message this was: 0 for the first, then the number of the redrive.
    n: u32,
    /// Whether ntfy has it already: its redrive only records.
    delivered: bool,
    created_at: Timestamp,
    /// The name of the execution that carried it last.
    execution: String,
    /// A redrive has been begun, and its execution has not been heard of yet.
    redrive_pending: bool,
}

impl From<MessageItem> for DeadLetterView {
    fn from(item: MessageItem) -> Self {
        let created_at = item.created_at();
        let letter = item.dead_letter;
        Self {
            message_id: item.message_id,
            n: letter.as_ref().map_or(item.redrive, |letter| letter.n),
            delivered: letter.as_ref().is_some_and(|letter| letter.delivered),
            at: letter.as_ref().map(|letter| letter.at),
            reason: letter.map(|letter| letter.reason),
            created_at,
            execution: item.execution.name,
            redrive_pending: item.redrive_pending,
        }
    }
}

/// `GET /api/dead-letters`: newest messages first, without their texts; one's own, and everybody's for administrators.
pub(crate) async fn list(
    State(api): State<Api>,
    MayRead(caller): MayRead,
    Query(page): Query<query::Page>,
) -> Result<Json<DeadLetterPage>, Problem> {
    let query = page.query(failed_of(&caller))?;
    let page = api.list(&query).await?.map_err(|_| bad_cursor())?;
    Ok(Json(DeadLetterPage {
        dead_letters: page.items.into_iter().map(DeadLetterView::from).collect(),
        next_cursor: page.next,
    }))
}

/// What a bulk redrive may be asked: either `ids` or `all`.
#[derive(JsonSchema)]
#[schemars(rename = "BulkRedrive", deny_unknown_fields)]
#[expect(dead_code, reason = "it documents the fields that `Wanted` takes one by one")]
pub(crate) struct BulkRedriveFields {
    /// These messages; at most 500.
    #[schemars(length(max = 500))]
    ids: Option<Vec<String>>,
    /// Every dead letter, 500 a request: go on with `next_cursor`.
    all: Option<bool>,
    /// With `all`: the `next_cursor` of the answer before.
    cursor: Option<String>,
    /// Say what would be redriven, and redrive nothing.
    dry_run: Option<bool>,
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

/// What became of a bulk redrive.
#[derive(Serialize, JsonSchema)]
pub(crate) struct BulkRedriven {
    /// Nothing was redriven: it was only asked.
    dry_run: bool,
    /// What is on its way again, or would be.
    redriven: Vec<RedriveView>,
    /// What cannot be redriven, and why.
    refused: Vec<Refused>,
    /// The `cursor` to go on with; `null` when that was all.
    next_cursor: Option<String>,
}

/// A message that cannot be redriven.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Refused {
    message_id: String,
    /// The `code` that its own redrive would be refused with.
    code: String,
    detail: String,
}

/// `POST /api/dead-letters/redrive`: each dead letter on its own; one that cannot be redriven does not keep the others.
pub(crate) async fn send_again(
    State(api): State<Api>,
    MayWrite(caller): MayWrite,
    JsonObject(object, _): JsonObject<BulkRedriveFields>,
) -> Result<Json<BulkRedriven>, Problem> {
    let wanted = Wanted::parse(object).map_err(|errors| Problem::fields(ProblemKind::InvalidFields, errors))?;
    let (ids, next_cursor) = match wanted.which {
        Which::These(ids) => (ids, None),
        Which::All { cursor } => failed(&api, &caller, cursor).await?,
    };
    let (mut redriven, mut refused) = (Vec::new(), Vec::new());
    for id in ids {
        match one(&api, &caller, &id, wanted.dry_run).await {
            Ok(one) => redriven.push(one),
            Err(problem) => refused.push(Refused {
                message_id: id,
                code: problem.kind.code().to_owned(),
                detail: problem.detail,
            }),
        }
    }
    if !wanted.dry_run && !redriven.is_empty() {
        let on_their_way = redriven.iter().map(|one: &RedriveView| &one.redriven);
        api.redrives().drain(on_their_way).await;
    }
    Ok(Json(BulkRedriven {
        dry_run: wanted.dry_run,
        redriven,
        refused,
        next_cursor,
    }))
}

async fn failed(api: &Api, caller: &Caller, cursor: Option<String>) -> Result<(Vec<String>, Option<String>), Problem> {
    let query = ListQuery {
        cursor,
        limit: AT_ONCE,
        ..failed_of(caller)
    };
    let page = api.list(&query).await?.map_err(|_| bad_cursor())?;
    Ok((page.items.into_iter().map(|item| item.message_id).collect(), page.next))
}

async fn one(api: &Api, caller: &Caller, id: &str, dry_run: bool) -> Result<RedriveView, Problem> {
    let item = api.messages.get(id).await?;
    let item = item.filter(|item| caller.may_touch(item.message.owner.as_deref()));
    let item = item.ok_or_else(Problem::no_message)?;
    if !dry_run {
        return Ok(api.redrives().redrive(id).await??.into());
    }
    if item.status != Status::Failed {
        return Err(tables::NotRedrivable::NotFailed(item.status).into());
    }
    Ok(RedriveView::planned(&item))
}
