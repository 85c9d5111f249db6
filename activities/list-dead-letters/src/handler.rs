//! What `ListDeadLetters` does.

use std::sync::Arc;

use activity_runtime::{Failure, Handler, Infrastructure, Invocation, Kind, Subject};
use contracts::{DeadLetterQuery, DeadLetterQueryError, DeadLetters, FailedMessage, ListDeadLetters, limits};
use tables::MessageItem;

use crate::FailedMessages;

/// How many pages are read at most. Only a filter needs more than one: what it looks for may be rare.
const PAGES: usize = 10;
/// How many messages a page has.
const PAGE: usize = 100;

/// Keeps the contract [`ListDeadLetters`].
pub struct ListHandler {
    /// Where failed messages are found.
    pub messages: Arc<dyn FailedMessages>,
}

impl Handler for ListHandler {
    type Activity = ListDeadLetters;

    fn subject(_: &DeadLetterQuery) -> Subject {
        Subject::default()
    }

    async fn handle(
        &self,
        query: DeadLetterQuery,
        _: &Invocation,
    ) -> Result<DeadLetters, Failure<DeadLetterQueryError>> {
        let limit = limit(query.limit).map_err(Failure::Declared)?;
        let (mut found, mut cursor) = (Vec::new(), None);
        for _ in 0..PAGES {
            let page = self.messages.page(PAGE, cursor).await.map_err(Infrastructure::from)?;
            let page = page.map_err(|invalid| Infrastructure::new(Kind::Failed, invalid.to_string()))?;
            found.extend(
                page.items
                    .iter()
                    .filter(|item| fits(item, query.reason.as_deref()))
                    .map(failed),
            );
            cursor = page.next;
            if found.len() > limit || cursor.is_none() {
                break;
            }
        }
        let more = found.len() > limit || cursor.is_some();
        found.truncate(limit);
        Ok(DeadLetters { messages: found, more })
    }
}

fn limit(asked: u32) -> Result<usize, DeadLetterQueryError> {
    let most = limits::REDRIVES;
    if (1..=most).contains(&asked) {
        return Ok(asked as usize);
    }
    Err(DeadLetterQueryError::InvalidQuery {
        field: "limit".to_owned(),
        reason: format!("is {asked}: ask for 1 to {most} messages"),
    })
}

fn fits(item: &MessageItem, reason: Option<&str>) -> bool {
    let given = item.dead_letter.as_ref().map(|letter| letter.reason.as_str());
    reason.is_none() || given == reason
}

fn failed(item: &MessageItem) -> FailedMessage {
    FailedMessage {
        message_id: item.message_id.clone(),
        execution: item.redriven(item.next_redrive()).execution,
    }
}
