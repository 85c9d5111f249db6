//! A store that forgets with the process.

use std::sync::Mutex;

use async_trait::async_trait;

use super::super::{InboxStore, Notification, Since, StoreError};

#[derive(Default)]
pub(super) struct Memory(Mutex<Vec<Notification>>);

#[async_trait]
impl InboxStore for Memory {
    async fn append(&self, notification: &Notification) -> Result<(), StoreError> {
        self.0.lock().unwrap().push(notification.clone());
        Ok(())
    }

    async fn read(&self, topic: &str, since: &Since) -> Result<Vec<Notification>, StoreError> {
        let kept = self.0.lock().unwrap();
        let all: Vec<Notification> = kept.iter().filter(|one| one.topic == topic).cloned().collect();
        let from = match since {
            Since::All => 0,
            Since::Nothing => all.len(),
            Since::Latest => all.len().saturating_sub(1),
            Since::Time(time) => all.partition_point(|one| one.time < *time),
            Since::Id(id) => all.iter().position(|one| one.id == *id).map_or(0, |at| at + 1),
        };
        Ok(all[from..].to_vec())
    }
}
