//! What the handlers work with.

use std::ops::Deref;
use std::sync::Arc;

use activity_runtime::{AcknowledgementLinks, Clock};
use jiff::Timestamp;
use redrive_message::Redrives;
use tables::{InvalidCursor, ListQuery, Page};
use uuid::{NoContext, Uuid};

use crate::together::Together;
use crate::view::Known;
use crate::{
    Breakers, Caller, Changes, DeadLetterQueue, Entrance, Executions, Measures, MessageStore, PortError, Schedules,
    TaskTokens,
};

/// What the handlers work with. Clones share it: each layer of the router has one, and each request clones them all.
#[derive(Clone)]
pub struct Api(Arc<Shared>);

struct Shared {
    ports: Ports,
    /// Lists that are being read.
    lists: Together<ListQuery, Result<Result<Page, InvalidCursor>, PortError>>,
}

/// Everything behind the router: ports to the outside world, and nothing of AWS.
pub struct Ports {
    /// Executions of `process-message`.
    pub executions: Arc<dyn Executions>,
    /// The messages' items.
    pub messages: Arc<dyn MessageStore>,
    /// The circuit breakers.
    pub breakers: Arc<dyn Breakers>,
    /// The dead-letter queue.
    pub dead_letters: Arc<dyn DeadLetterQueue>,
    /// Tasks that wait for an answer.
    pub task_tokens: Arc<dyn TaskTokens>,
    /// Opens the links by which messages are acknowledged without signing in; without it none does.
    pub acknowledgement_links: Option<AcknowledgementLinks>,
    /// What has changed a moment ago.
    pub changes: Arc<dyn Changes>,
    /// Whether an answer may go on while something happens; otherwise it is buffered whole before it is sent.
    pub live: bool,
    /// What alarms and objectives look at.
    pub measures: Arc<dyn Measures>,
    /// What fires again and again.
    pub schedules: Arc<dyn Schedules>,
    /// Who is let in, and how they sign in.
    pub entrance: Arc<Entrance>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The stage whose messages are listed.
    pub stage: String,
    /// Whether texts are searched: only where reading every message costs nothing but time.
    pub searches: bool,
}

impl From<Ports> for Api {
    fn from(ports: Ports) -> Self {
        Self(Arc::new(Shared {
            ports,
            lists: Together::default(),
        }))
    }
}

impl Deref for Api {
    type Target = Ports;

    fn deref(&self) -> &Ports {
        &self.0.ports
    }
}

impl Api {
    /// The time in milliseconds, as items and histories keep it.
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// A page of messages, newest first, of this moment or later.
    pub(crate) async fn list(&self, query: &ListQuery) -> Result<Result<Page, InvalidCursor>, PortError> {
        self.0.lists.read(query, || self.messages.list(query)).await
    }

    /// What redrives.
    pub(crate) fn redrives(&self) -> Redrives {
        Redrives {
            executions: Arc::clone(&self.executions),
            messages: self.messages.clone(),
            dead_letters: Arc::clone(&self.dead_letters),
            clock: Arc::clone(&self.clock),
        }
    }

    /// An id for a message without a key: a UUID of version 7, so that ids sort by time.
    pub(crate) fn new_id(now: Timestamp) -> String {
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
        Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds)).to_string()
    }

    /// A message that the caller may touch; somebody else's is as if there were none.
    pub(crate) async fn message_of(&self, caller: &Caller, id: &str) -> Result<Option<Known>, PortError> {
        let known = self.message(id).await?;
        Ok(known.filter(|known| caller.may_touch(known.owner())))
    }

    /// A message by its item, or by its execution as long as the item is not written: whoever sent it can read it at
    /// once.
    async fn message(&self, id: &str) -> Result<Option<Known>, PortError> {
        if let Some(item) = self.messages.get(id).await? {
            return Ok(Some(Known::by_item(item, self.now())));
        }
        if !may_name_an_execution(id) {
            return Ok(None);
        }
        let state = self.executions.describe(id).await?;
        Ok(state.and_then(|state| Known::by_execution(id, state, self.now())))
    }
}

/// Source: <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>, `name`.
fn may_name_an_execution(name: &str) -> bool {
    let forbidden = |char: char| char.is_whitespace() || char.is_control() || "<>{}[]?*\"#%\\^|~`$&,;:/".contains(char);
    (1..=80).contains(&name.chars().count()) && !name.contains(forbidden)
}
