//! Acknowledgements: who waits for one, and who has given it.
//!
//! They stand in the table of messages under a key that no message's id can be, and without the attributes of the indexes:
//! no list of messages shows them.

use contracts::Acknowledged;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Messages, TableError, life::Step, messages::Revised};

/// How long an acknowledgement is kept after it was asked for or given last.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 90);

/// One message's acknowledgement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Item {
    /// The table's key: see [`key`].
    message_id: String,
    /// The token of the task that waits now; absent once nobody does.
    #[serde(default)]
    token: Option<String>,
    /// Who may give it beside administrators; the first one who was named stands.
    #[serde(default)]
    owner: Option<String>,
    /// The acknowledgement; the first one stands.
    #[serde(default)]
    given: Option<Acknowledged>,
    /// Counts the writes.
    revision: u64,
    /// When DynamoDB may remove it, in seconds since 1970.
    ttl: i64,
}

impl Revised for Item {
    fn revision(&self) -> u64 {
        self.revision
    }
}

/// An acknowledgement that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The acknowledgement.
    pub given: Acknowledged,
    /// The token of the task that waits for it.
    pub token: String,
}

/// Why an acknowledgement was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAcknowledged {
    /// Nobody has ever waited for one.
    #[error("nobody waits for an acknowledgement of this message")]
    NotFound,
    /// There is one already.
    #[error("the message was acknowledged already, at {}", .0.given.at)]
    Already(Taken),
    /// Nobody waits any more.
    #[error("nobody waits for an acknowledgement any more: every round has passed")]
    Over,
}

impl Messages {
    /// Keeps the token of a task that waits for a message's acknowledgement; without a token, nobody waits any more. Gives
    /// the acknowledgement if there is one already. Repeating it is free.
    pub async fn ask_for_acknowledgement(
        &self,
        message_id: &str,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Acknowledged>, TableError> {
        self.ask_owner_for_acknowledgement(message_id, None, token, now).await
    }

    /// The same of a message that is somebody's.
    pub async fn ask_owner_for_acknowledgement(
        &self,
        message_id: &str,
        owner: Option<&str>,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Acknowledged>, TableError> {
        self.change(&key(message_id), |old: Option<Item>| {
            ask(old, message_id, owner, token, now)
        })
        .await
    }

    /// Whose message somebody waits for, or has waited for, to be acknowledged; `None` if nobody's or none.
    pub async fn acknowledgement_owner(&self, message_id: &str) -> Result<Option<String>, TableError> {
        let item = self.read::<Item>(&key(message_id)).await?;
        Ok(item.and_then(|item| item.owner))
    }

    /// Somebody acknowledges a message. The first acknowledgement stands.
    pub async fn acknowledge(
        &self,
        message_id: &str,
        by: Option<&str>,
        now: Timestamp,
    ) -> Result<Result<Taken, NotAcknowledged>, TableError> {
        self.change(&key(message_id), |old: Option<Item>| acknowledge(old, by, now))
            .await
    }
}

/// A slash is in no message's id.
fn key(message_id: &str) -> String {
    format!("ack/{message_id}")
}

fn ask(
    old: Option<Item>,
    message_id: &str,
    owner: Option<&str>,
    token: Option<&str>,
    now: Timestamp,
) -> Step<Option<Acknowledged>, Item> {
    let old = old.unwrap_or_else(|| Item {
        message_id: key(message_id),
        token: None,
        owner: None,
        given: None,
        revision: 0,
        ttl: 0,
    });
    if old.given.is_some() {
        return Step::Keep(old.given);
    }
    let asked = Item {
        token: token.map(str::to_owned),
        owner: old.owner.clone().or_else(|| owner.map(str::to_owned)),
        ..old
    };
    Step::Write(Box::new(asked.touched(now)), None)
}

fn acknowledge(old: Option<Item>, by: Option<&str>, now: Timestamp) -> Step<Result<Taken, NotAcknowledged>, Item> {
    let Some(old) = old else {
        return Step::Keep(Err(NotAcknowledged::NotFound));
    };
    let Some(token) = old.token.clone() else {
        return Step::Keep(Err(NotAcknowledged::Over));
    };
    if let Some(given) = old.given {
        return Step::Keep(Err(NotAcknowledged::Already(Taken { given, token })));
    }
    let given = Acknowledged {
        by: by.map(str::to_owned),
        at: now,
    };
    let item = Item {
        given: Some(given.clone()),
        ..old
    };
    Step::Write(Box::new(item.touched(now)), Ok(Taken { given, token }))
}

impl Item {
    fn touched(self, now: Timestamp) -> Self {
        Self {
            revision: self.revision + 1,
            ttl: now.as_second().saturating_add(KEPT.as_secs()),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, messages};

    #[tokio::test]
    async fn the_first_acknowledgement_stands_and_is_told_to_whoever_asks_later() {
        let table = messages().await;
        let none = table.acknowledge("m", None, at(0)).await.unwrap();
        assert_eq!(none, Err(NotAcknowledged::NotFound));

        for token in ["one", "two"] {
            assert_eq!(
                table.ask_for_acknowledgement("m", Some(token), at(1)).await.unwrap(),
                None
            );
        }
        let given = Acknowledged {
            by: Some("ada".to_owned()),
            at: at(2),
        };
        let taken = Taken {
            given: given.clone(),
            token: "two".to_owned(),
        };
        assert_eq!(
            table.acknowledge("m", Some("ada"), at(2)).await.unwrap(),
            Ok(taken.clone())
        );
        let again = table.acknowledge("m", Some("grace"), at(3)).await.unwrap();
        assert_eq!(again, Err(NotAcknowledged::Already(taken)));
        for token in [Some("three"), None] {
            let told = table.ask_for_acknowledgement("m", token, at(4)).await.unwrap();
            assert_eq!(told.as_ref(), Some(&given));
        }
    }

    #[tokio::test]
    async fn nobody_waits_any_more_once_that_was_said() {
        let table = messages().await;
        table.ask_for_acknowledgement("m", Some("one"), at(0)).await.unwrap();
        table.ask_for_acknowledgement("m", None, at(1)).await.unwrap();
        let late = table.acknowledge("m", None, at(2)).await.unwrap();
        assert_eq!(late, Err(NotAcknowledged::Over));
    }

    #[tokio::test]
    async fn whose_it_is_was_said_when_it_was_asked_for_first() {
        let table = messages().await;
        assert_eq!(table.acknowledgement_owner("m").await.unwrap(), None);
        for (owner, token) in [(Some("ada"), Some("one")), (Some("eve"), Some("two")), (None, None)] {
            table
                .ask_owner_for_acknowledgement("m", owner, token, at(0))
                .await
                .unwrap();
            assert_eq!(table.acknowledgement_owner("m").await.unwrap().as_deref(), Some("ada"));
        }
        table
            .ask_for_acknowledgement("of nobody", Some("one"), at(0))
            .await
            .unwrap();
        assert_eq!(table.acknowledgement_owner("of nobody").await.unwrap(), None);
    }

    #[tokio::test]
    async fn no_list_of_messages_shows_them() {
        let table = messages().await;
        table.ask_for_acknowledgement("m", Some("one"), at(0)).await.unwrap();
        let query = crate::ListQuery::newest(crate::ListBy::Stage("dev".to_owned()));
        assert_eq!(table.list(&query).await.unwrap().unwrap().items, []);
        assert_eq!(table.get("m").await.unwrap(), None);
    }
}
