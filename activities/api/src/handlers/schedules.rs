//! Schedules: creating, listing, reading, changing, deleting.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::answer::{Created, Deleted, Guarded, may_change};
use crate::body::JsonObject;
use crate::path::{ASchedule, Id};
use crate::query::{MAX_LIMIT, Query, ScheduleFilters, bad_cursor};
use crate::schedules::{self, ChangedSchedule, ScheduleView};
use crate::{Api, Caller, KnownSchedule, MayRead, MayWrite, NewSchedule, Problem, ProblemKind, Right, ScheduleQuery};

/// `POST /api/schedules`. Its name is its key: the same request again gets the same schedule.
pub(crate) async fn create(
    State(api): State<Api>,
    MayWrite(caller): MayWrite,
    JsonObject(object, _): JsonObject<NewSchedule>,
) -> Result<Created<ScheduleView>, Problem> {
    let mut new = read_from(&api, object, None)?;
    has_room(&api, &caller, &new.name).await?;
    new.definition.message.owner = Some(caller.subject);
    if let Some(created) = api.schedules.create(&new.name, &new.definition).await? {
        return Ok(created_answer(&api, &created, false));
    }
    let there = api.schedules.get(&new.name).await?;
    let detail = "there is another schedule of this name; choose another name, or change that one with PUT";
    let same = there.filter(|there| there.definition == new.definition);
    let same = same.ok_or_else(|| Problem::new(ProblemKind::Conflict, detail))?;
    Ok(created_answer(&api, &same, true))
}

/// Refuses one schedule more than a caller may have. One that is there already is no more.
async fn has_room(api: &Api, caller: &Caller, name: &str) -> Result<(), Problem> {
    let most = api.entrance.bounds.limits.schedules;
    let mut query = ScheduleQuery {
        owner: Some(caller.subject.clone()),
        cursor: None,
        limit: MAX_LIMIT,
    };
    let mut count = 0;
    while !caller.may(Right::Admin) {
        let page = api.schedules.list(&query).await?.map_err(|_| bad_cursor())?;
        count += page.schedules.len();
        if count >= most {
            break;
        }
        let Some(next) = page.next else { return Ok(()) };
        query.cursor = Some(next);
    }
    if count < most || api.schedules.get(name).await?.is_some() {
        return Ok(());
    }
    let detail = format!("you have {count} schedules: delete one that is over");
    Err(Problem::new(ProblemKind::LimitReached, detail))
}

fn read_from(api: &Api, object: Map<String, Value>, name: Option<&str>) -> Result<NewSchedule, Problem> {
    NewSchedule::parse(object, name, api.now()).map_err(|errors| Problem::fields(ProblemKind::InvalidFields, errors))
}

fn created_answer(api: &Api, schedule: &KnownSchedule, replayed: bool) -> Created<ScheduleView> {
    Created {
        guarded: shown(api, schedule),
        location: format!("/api/schedules/{}", schedule.name),
        replayed,
    }
}

fn shown(api: &Api, schedule: &KnownSchedule) -> Guarded<ScheduleView> {
    Guarded {
        body: ScheduleView::new(schedule, api.now()),
        tag: schedule.tag(),
    }
}

/// A page of schedules.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ScheduleListPage {
    /// The schedules, by name.
    schedules: Vec<ScheduleView>,
    /// The `cursor` of the next page; `null` at the end.
    next_cursor: Option<String>,
}

/// `GET /api/schedules`: by name.
pub(crate) async fn list(
    State(api): State<Api>,
    MayRead(caller): MayRead,
    Query(filters): Query<ScheduleFilters>,
) -> Result<Json<ScheduleListPage>, Problem> {
    let page = api
        .schedules
        .list(&filters.query(&caller))
        .await?
        .map_err(|_| bad_cursor())?;
    let now = api.now();
    Ok(Json(ScheduleListPage {
        schedules: page
            .schedules
            .iter()
            .map(|known| ScheduleView::new(known, now))
            .collect(),
        next_cursor: page.next,
    }))
}

/// `GET /api/schedules/{name}`, with an `ETag` for changing it.
pub(crate) async fn read(
    State(api): State<Api>,
    MayRead(caller): MayRead,
    Id(name, _): Id<ASchedule>,
) -> Result<Guarded<ScheduleView>, Problem> {
    let known = known(&api, &caller, &name).await?;
    Ok(shown(&api, &known))
}

/// `PUT /api/schedules/{name}`: what is left out is as if it were created so. `If-Match` guards against changes of others.
pub(crate) async fn change(
    State(api): State<Api>,
    MayWrite(caller): MayWrite,
    Id(name, _): Id<ASchedule>,
    headers: HeaderMap,
    JsonObject(object, _): JsonObject<ChangedSchedule>,
) -> Result<Guarded<ScheduleView>, Problem> {
    let known = known(&api, &caller, &name).await?;
    unchanged(&headers, &known)?;
    let mut new = read_from(&api, object, Some(&name))?.definition;
    new.message.owner.clone_from(&known.definition.message.owner);
    let changed = api.schedules.change(&known, &new).await?;
    Ok(shown(&api, &changed.ok_or_else(|| overtaken(&headers))?))
}

/// `DELETE /api/schedules/{name}`. What it has sent goes on.
pub(crate) async fn delete(
    State(api): State<Api>,
    MayWrite(caller): MayWrite,
    Id(name, _): Id<ASchedule>,
    headers: HeaderMap,
) -> Result<Deleted, Problem> {
    let known = known(&api, &caller, &name).await?;
    unchanged(&headers, &known)?;
    if api.schedules.delete(&known).await? {
        Ok(Deleted)
    } else {
        Err(overtaken(&headers))
    }
}

/// A schedule that the caller may touch; somebody else's is as if there were none.
async fn known(api: &Api, caller: &Caller, name: &str) -> Result<KnownSchedule, Problem> {
    let found = if schedules::is_name(name) {
        api.schedules.get(name).await?
    } else {
        None
    };
    let nothing = "there is no schedule of this name; GET /api/schedules lists them";
    let found = found.filter(|found| caller.may_touch(found.definition.message.owner.as_deref()));
    found.ok_or_else(|| Problem::new(ProblemKind::NotFound, nothing))
}

fn unchanged(headers: &HeaderMap, known: &KnownSchedule) -> Result<(), Problem> {
    if may_change(headers, &known.tag()) {
        Ok(())
    } else {
        Err(overtaken(headers))
    }
}

/// Somebody else has changed it.
fn overtaken(headers: &HeaderMap) -> Problem {
    let detail = "the schedule has been changed meanwhile; read it again, then change it";
    let kind = if headers.contains_key(header::IF_MATCH) {
        ProblemKind::PreconditionFailed
    } else {
        ProblemKind::Conflict
    };
    Problem::new(kind, detail)
}
