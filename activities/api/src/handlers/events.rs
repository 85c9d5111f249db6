//! What happens to messages and executions, as it happens.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream, StreamExt as _};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::bounds::Place;
use crate::view::Known;
use crate::{Api, Caller, Changed, MayRead, PortError, Problem, Right};

/// The request header under which a browser asks for what it has missed. Source: HTML Living Standard, 9.2.4.
const LAST_EVENT_ID: &str = "Last-Event-ID";
/// When a browser that has lost the stream comes back.
const RETRY: Duration = Duration::from_secs(3);
/// How long one answer goes on. A browser then comes back by itself, and is asked anew who it is.
const LIFE: SignedDuration = SignedDuration::from_mins(10);
/// How long nothing may happen before the stream says that it is alive.
const QUIET: Duration = Duration::from_secs(15);
/// How many executions are told one by one; who is further behind reads everything anew, which is less.
const TOLD: usize = 200;
/// How many times a second a watcher is told something at most.
const PAUSE: Duration = Duration::from_millis(100);

/// `GET /api/events`: server-sent events, resumable by `Last-Event-ID`.
///
/// Events are `execution` (how an execution stands), `message` (a message as `GET /api/messages/{id}` shows it) and `reset`
/// (something may have been missed: read what you show anew). Where answers are buffered whole, as behind an HTTP API of API
/// Gateway, the answer is what has changed since, and ends.
///
/// Executions that carry a message are told to whoever may see the message, all others to administrators.
pub(crate) async fn watch(
    State(api): State<Api>,
    MayRead(caller): MayRead,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = api.entrance.bounds.streams.take(&caller.subject, "streams of events")?;
    let place = headers.get(LAST_EVENT_ID).and_then(|value| value.to_str().ok());
    let place = place.map(str::to_owned);
    // What cannot be told at all is a refusal, not a stream that breaks off.
    let first = api.changes.since(place.as_deref(), Duration::ZERO).await?;
    let watch = Watch {
        ends: api.now().saturating_add(LIFE).unwrap_or(Timestamp::MAX),
        place: first.next.clone(),
        caller,
        api,
        _room: room,
    };
    let mut told = watch.tell(first).await?;
    told.insert(0, Event::default().retry(RETRY).id(&watch.place).comment("watching"));
    let told = stream::iter(told);
    let mut response = if watch.api.live {
        Sse::new(told.chain(watch.goes_on()).map(Ok::<_, Infallible>))
            .keep_alive(KeepAlive::new().interval(QUIET))
            .into_response()
    } else {
        Sse::new(told.map(Ok::<_, Infallible>)).into_response()
    };
    // Proxies that gather answers would hold events back.
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// A watcher and how far they are.
struct Watch {
    api: Api,
    caller: Caller,
    place: String,
    ends: Timestamp,
    _room: Place,
}

impl Watch {
    /// What comes, until the time is over or nothing more can be told.
    fn goes_on(self) -> impl Stream<Item = Event> {
        let parts = stream::unfold(self, |mut watch| async move {
            tokio::time::sleep(PAUSE).await;
            if watch.api.now() >= watch.ends {
                return None;
            }
            let changed = watch.api.changes.since(Some(&watch.place), QUIET).await.ok()?;
            watch.place.clone_from(&changed.next);
            let told = watch.tell(changed).await.ok()?;
            Some((stream::iter(told), watch))
        });
        parts.flatten()
    }

    /// Changes as events; the last one bears the place where they end, so that a part is told again rather than lost.
    async fn tell(&self, changed: Changed) -> Result<Vec<Event>, PortError> {
        let mut events = Vec::new();
        let too_many = changed.executions.len() > TOLD;
        if changed.gap || too_many {
            events.push(Event::default().event("reset").data("{}"));
        }
        for execution in changed.executions.iter().filter(|_| !too_many) {
            let known = match &execution.message_id {
                Some(id) => self.known(id).await?,
                None => None,
            };
            if known.is_some() || self.caller.may(Right::Admin) {
                events.push(Event::default().event("execution").data(json!(execution).to_string()));
            }
            if let Some(known) = known {
                events.push(Event::default().event("message").data(json!(known.view).to_string()));
            }
        }
        if let Some(last) = events.pop() {
            events.push(last.id(changed.next));
        }
        Ok(events)
    }

    /// A message that the watcher may see. One that cannot be read does not keep them from all others.
    async fn known(&self, id: &str) -> Result<Option<Known>, PortError> {
        match self.api.message_of(&self.caller, id).await {
            Err(error) if !error.retryable => {
                tracing::error!(%error, message_id = id, "a message cannot be shown");
                Ok(None)
            }
            known => known,
        }
    }
}
