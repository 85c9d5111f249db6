//! What has changed a moment ago, read from the index of the stage.

use std::sync::Arc;
use std::time::Duration;

use activity_runtime::Clock;
use api::{Changed, ChangedExecution, Changes, Executions, MessageStore, PortError};
use async_trait::async_trait;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use tables::{ListBy, ListQuery, MessageItem};

/// How many of the newest messages are looked at.
const LOOKED_AT: usize = 50;
/// How long a write may take to show in the index, and by how much two clocks may differ: so far back each look reaches, and
/// what changed within it is told twice rather than not at all.
const LATE: SignedDuration = SignedDuration::from_secs(2);
/// Whoever comes back later than that reads everything anew.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(15);

/// The newest messages of a stage that were written after a place, which is a time in milliseconds.
///
/// The index is sorted by when messages were accepted: a change of one that is older than the fifty newest is not told. It does
/// not wait for changes, since an answer of a function is sent whole: a browser asks again every three seconds.
pub struct StageChanges {
    /// The messages' items.
    pub messages: Arc<dyn MessageStore>,
    /// Their executions.
    pub executions: Arc<dyn Executions>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The stage.
    pub stage: String,
    /// The name of the state machine of messages.
    pub state_machine: String,
}

#[async_trait]
impl Changes for StageChanges {
    async fn since(&self, place: Option<&str>, _: Duration) -> Result<Changed, PortError> {
        let now = self.clock.now();
        let next = written(now.saturating_sub(LATE).unwrap_or(now));
        let Some(place) = place else {
            return Ok(Changed {
                executions: Vec::new(),
                next,
                gap: false,
            });
        };
        let remembered = read(place).filter(|place| *place <= now && now.duration_since(*place) <= REMEMBERED);
        let Some(since) = remembered else {
            return Ok(Changed {
                executions: Vec::new(),
                next,
                gap: true,
            });
        };
        let (items, gap) = self.changed(since).await?;
        let described = join_all(items.iter().map(|item| self.described(item))).await;
        let mut executions = Vec::with_capacity(items.len());
        for found in described {
            executions.extend(found?);
        }
        Ok(Changed { executions, next, gap })
    }
}

impl StageChanges {
    /// The messages written after a time, the last to change last, and whether there may be more.
    async fn changed(&self, since: Timestamp) -> Result<(Vec<MessageItem>, bool), PortError> {
        let query = ListQuery {
            limit: LOOKED_AT,
            ..ListQuery::newest(ListBy::Stage(self.stage.clone()))
        };
        // Without a cursor there is none to refuse.
        let Ok(page) = self.messages.list(&query).await? else {
            return Ok((Vec::new(), true));
        };
        let looked_at = page.items.len();
        let mut items: Vec<MessageItem> = page.items.into_iter().filter(|item| item.updated_at > since).collect();
        let gap = page.next.is_some() && items.len() == looked_at;
        items.sort_by_key(|item| item.updated_at);
        Ok((items, gap))
    }

    /// The execution that carries a message; `None` if it has been deleted. The item does not tell how its execution ended.
    async fn described(&self, item: &MessageItem) -> Result<Option<ChangedExecution>, PortError> {
        let found = self.executions.describe(&item.execution.name).await?;
        Ok(found.map(|state| ChangedExecution {
            arn: state.arn,
            name: item.execution.name.clone(),
            state_machine: self.state_machine.clone(),
            status: state.status,
            started_at: state.started_at,
            stopped_at: state.stopped_at,
            message_id: Some(item.message_id.clone()),
        }))
    }
}

fn written(place: Timestamp) -> String {
    place.as_millisecond().to_string()
}

fn read(place: &str) -> Option<Timestamp> {
    let place = Timestamp::from_millisecond(place.parse().ok()?).ok()?;
    (place >= Timestamp::UNIX_EPOCH).then_some(place)
}
