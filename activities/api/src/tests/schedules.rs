//! Schedules in memory.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use tables::InvalidCursor;

use super::harness::now;
use crate::{KnownSchedule, PortError, ScheduleDefinition, SchedulePage, ScheduleQuery, Schedules};

/// Schedules by name; `broken` answers in the place of all.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) by_name: Mutex<BTreeMap<String, KnownSchedule>>,
    pub(super) broken: Mutex<Option<PortError>>,
    /// Somebody else changes what is about to be changed.
    pub(super) overtake: Mutex<bool>,
}

impl Kept {
    fn works(&self) -> Result<(), PortError> {
        self.broken.lock().unwrap().clone().map_or(Ok(()), Err)
    }

    /// Writes over a schedule that is as it was known.
    fn write(&self, known: &KnownSchedule, new: Option<KnownSchedule>) -> bool {
        let mut by_name = self.by_name.lock().unwrap();
        let version = |known: &KnownSchedule| known.version.parse::<u32>().unwrap();
        if let Some(current) = by_name.get_mut(&known.name).filter(|_| *self.overtake.lock().unwrap()) {
            current.version = (version(current) + 1).to_string();
        }
        if by_name
            .get(&known.name)
            .is_none_or(|current| current.version != known.version)
        {
            return false;
        }
        match new {
            Some(new) => by_name.insert(known.name.clone(), new),
            None => by_name.remove(&known.name),
        };
        true
    }
}

#[async_trait]
impl Schedules for Kept {
    async fn list(&self, query: &ScheduleQuery) -> Result<Result<SchedulePage, InvalidCursor>, PortError> {
        self.works()?;
        let after = query.cursor.clone().unwrap_or_default();
        if after == "made-up" {
            return Ok(Err(InvalidCursor));
        }
        let by_name = self.by_name.lock().unwrap();
        let mine = by_name
            .values()
            .filter(|known| query.owner.as_deref().is_none_or(|owner| known.owner() == Some(owner)));
        let rest: Vec<_> = mine.filter(|known| known.name > after).cloned().collect();
        let schedules: Vec<_> = rest.iter().take(query.limit).cloned().collect();
        let next = schedules.last().filter(|_| rest.len() > schedules.len());
        Ok(Ok(SchedulePage {
            next: next.map(|last| last.name.clone()),
            schedules,
        }))
    }

    async fn get(&self, name: &str) -> Result<Option<KnownSchedule>, PortError> {
        self.works()?;
        Ok(self.by_name.lock().unwrap().get(name).cloned())
    }

    async fn create(&self, name: &str, definition: &ScheduleDefinition) -> Result<Option<KnownSchedule>, PortError> {
        self.works()?;
        let mut by_name = self.by_name.lock().unwrap();
        if by_name.contains_key(name) {
            return Ok(None);
        }
        let known = KnownSchedule {
            name: name.to_owned(),
            arn: format!("arn:aws:scheduler:us-east-1:123456789012:schedule/default/{name}"),
            definition: definition.clone(),
            created_at: now(),
            updated_at: now(),
            version: "1".to_owned(),
            fired: None,
        };
        by_name.insert(name.to_owned(), known.clone());
        Ok(Some(known))
    }

    async fn change(
        &self,
        known: &KnownSchedule,
        definition: &ScheduleDefinition,
    ) -> Result<Option<KnownSchedule>, PortError> {
        self.works()?;
        let version = known.version.parse::<u32>().unwrap() + 1;
        let new = KnownSchedule {
            definition: definition.clone(),
            version: version.to_string(),
            ..known.clone()
        };
        Ok(self.write(known, Some(new.clone())).then_some(new))
    }

    async fn delete(&self, known: &KnownSchedule) -> Result<bool, PortError> {
        self.works()?;
        Ok(self.write(known, None))
    }
}
