//! Messages: sending, listing, reading one, redriving one.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::{Extension, Json};
use contracts::{Message, Status};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::answer::{Accepted, Tagged};
use crate::body::JsonObject;
use crate::correlation::CorrelationId;
use crate::path::{AMessage, Id};
use crate::query::{MessageFilters, Query, bad_cursor};
use crate::redrive::RedriveView;
use crate::view::{Known, MessageView};
use crate::{
    Api, Caller, CameBy, MayRead, MayWrite, NewMessage, Problem, ProblemKind, Right, StartOutcome, idempotency,
};

/// `POST /api/messages`: the start of the execution is the one durable act; its first state writes the item.
pub(crate) async fn create(
    State(api): State<Api>,
    MayWrite(caller): MayWrite,
    Extension(CorrelationId(correlation_id)): Extension<CorrelationId>,
    headers: HeaderMap,
    JsonObject(mut object, _): JsonObject<NewMessage>,
) -> Result<Accepted<MessageView>, Problem> {
    let now = api.now();
    say_how_it_came(&caller, &mut object);
    let asked =
        NewMessage::parse_again(object, now).map_err(|errors| Problem::fields(ProblemKind::InvalidFields, errors))?;
    let late = asked.is_late(now);
    let key = idempotency::of_request(&headers, asked.dedup_key)?;
    let known_id = key.map(|key| idempotency::message_id(&caller.subject, &key));
    let id = known_id.clone().unwrap_or_else(|| Api::new_id(now));
    let message = Message {
        request_hash: Some(idempotency::request_hash(&asked.message)),
        message_id: Some(id.clone()),
        owner: Some(caller.subject.clone()),
        correlation_id: Some(correlation_id),
        created_at: Some(now),
        ..asked.message
    };
    let refusal = match late {
        Some(late) => Some(Problem::field(ProblemKind::InvalidFields, late)),
        None => no_room(&api, &caller, now).await?,
    };
    if let Some(refusal) = refusal {
        let sent_before = match known_id {
            Some(id) => api.message_of(&caller, &id).await?,
            None => None,
        };
        return repeated(Some(sent_before.ok_or(refusal)?), &id, &message);
    }
    match api.executions.start(&id, &json!(message).to_string()).await? {
        StartOutcome::Started(arn) => Ok(accepted(&id, Known::by_start(message, arn, now).view, false)),
        StartOutcome::AlreadyExists => repeated(api.message_of(&caller, &id).await?, &id, &message),
    }
}

/// Why a caller may not have one more message that has not ended.
async fn no_room(api: &Api, caller: &Caller, now: Timestamp) -> Result<Option<Problem>, Problem> {
    if caller.may(Right::Admin) {
        return Ok(None);
    }
    let open = &api.entrance.bounds.open_messages;
    let added = open
        .add(&caller.subject, now, api.messages.count_open(&caller.subject))
        .await;
    match added {
        Err(problem) if problem.kind != ProblemKind::LimitReached => Err(problem),
        added => Ok(added.err()),
    }
}

/// A browser's session is a person's, a token a program's; who sends both ways says which it is.
fn say_how_it_came(caller: &Caller, object: &mut Map<String, Value>) {
    let came_by = match caller.came_by {
        CameBy::Session => "manual",
        CameBy::Token => "api",
    };
    let said = object.entry("message_type").or_insert_with(|| came_by.into());
    if said.is_null() {
        *said = came_by.into();
    }
}

/// A request under a key that was used before: the same request gets the same message, another one is refused.
fn repeated(known: Option<Known>, id: &str, message: &Message) -> Result<Accepted<MessageView>, Problem> {
    let known = known.filter(|known| known.request_hash == message.request_hash);
    let detail = "the key was used for another request; send the same request again, or another key";
    let known = known.ok_or_else(|| Problem::new(ProblemKind::IdempotencyMismatch, detail))?;
    Ok(accepted(id, known.view, true))
}

fn accepted<T>(id: &str, body: T, replayed: bool) -> Accepted<T> {
    Accepted {
        body,
        location: format!("/api/messages/{id}"),
        replayed,
    }
}

/// A page of messages.
#[derive(Serialize, JsonSchema)]
pub(crate) struct MessagePage {
    /// The messages, newest first.
    messages: Vec<MessageView>,
    /// The `cursor` of the next page; `null` at the end.
    next_cursor: Option<String>,
}

/// `GET /api/messages`: newest first; one's own, and everybody's for administrators.
pub(crate) async fn list(
    State(api): State<Api>,
    MayRead(caller): MayRead,
    Query(filters): Query<MessageFilters>,
) -> Result<Json<MessagePage>, Problem> {
    let searches = &api.entrance.bounds.searches;
    let searching = filters.searches().then(|| searches.take(&caller.subject, "searches"));
    // Kept until the list is there.
    let _room = searching.transpose()?;
    let query = filters.list(&api, &caller)?;
    let page = api.list(&query).await?.map_err(|_| bad_cursor())?;
    let now = api.now();
    let shown = page.items.into_iter().map(|item| Known::by_item(item, now).view);
    Ok(Json(MessagePage {
        messages: shown.collect(),
        next_cursor: page.next,
    }))
}

/// `GET /api/messages/{id}`.
pub(crate) async fn read(
    State(api): State<Api>,
    MayRead(caller): MayRead,
    Id(id, _): Id<AMessage>,
    headers: HeaderMap,
) -> Result<Tagged<MessageView>, Problem> {
    let known = api.message_of(&caller, &id).await?.ok_or_else(Problem::no_message)?;
    Ok(Tagged::new(&headers, &known.view))
}

/// What the history of a cancelled message's execution says.
const CANCELLED: (&str, &str) = ("Message.Cancelled", "cancelled through the API");

/// `DELETE /api/messages/{id}`: stops its execution. A message that ntfy may have is not cancelled by that: how it ended is
/// recorded as it was.
pub(crate) async fn cancel(
    State(api): State<Api>,
    MayWrite(caller): MayWrite,
    Id(id, _): Id<AMessage>,
) -> Result<Accepted<MessageView>, Problem> {
    let known = api.message_of(&caller, &id).await?.ok_or_else(Problem::no_message)?;
    let over = |status: Status| {
        Problem::new(
            ProblemKind::Conflict,
            format!("it is {status} already: nothing is left to cancel"),
        )
    };
    if known.view.status.is_final() {
        return Err(over(known.view.status));
    }
    let (error, cause) = CANCELLED;
    let stopped = api.executions.stop(&known.view.execution.name, error, cause).await?;
    let known = api.message_of(&caller, &id).await?.ok_or_else(Problem::no_message)?;
    if stopped {
        return Ok(accepted(&id, known.view, false));
    }
    Err(over(known.view.status))
}

/// `POST /api/messages/{id}/redrive`.
pub(crate) async fn send_again(
    State(api): State<Api>,
    MayWrite(caller): MayWrite,
    Id(id, _): Id<AMessage>,
) -> Result<Accepted<RedriveView>, Problem> {
    api.message_of(&caller, &id).await?.ok_or_else(Problem::no_message)?;
    let redrives = api.redrives();
    let started = redrives.redrive(&id).await??;
    redrives.drain([&started.redriven]).await;
    Ok(accepted(&id, RedriveView::from(started), false))
}
