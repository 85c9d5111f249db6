//! Schedules of a stage. What starts them is read of the daily schedule, which every stage has: its role has no name of ours.

use std::sync::Arc;

use ::schedules::{Scheduler, Target};
use api::{KnownSchedule, PortError, ScheduleDefinition, SchedulePage, ScheduleQuery, Schedules};
use async_trait::async_trait;
use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::error::ProvideErrorMetadata as _;
use tables::InvalidCursor;
use tokio::sync::OnceCell;

/// The schedule that the template makes.
const DAILY: &str = "daily";

/// Schedules in the group of a stage.
pub(super) struct OfStage {
    pub(super) client: Client,
    pub(super) group: String,
    /// The state machine that schedules start.
    pub(super) state_machine_arn: String,
    pub(super) target: OnceCell<Arc<Scheduler>>,
}

impl OfStage {
    /// For what needs no role.
    fn reading(&self) -> Scheduler {
        self.with(Target {
            state_machine_arn: self.state_machine_arn.clone(),
            role_arn: String::new(),
            dead_letter_queue_arn: None,
        })
    }

    /// For what makes or changes a schedule.
    async fn writing(&self) -> Result<&Scheduler, PortError> {
        let scheduler = self.target.get_or_try_init(async || {
            let daily = self
                .client
                .get_schedule()
                .group_name(&self.group)
                .name(DAILY)
                .send()
                .await;
            let daily = daily.map_err(|error| PortError {
                what: "GetSchedule",
                detail: error.code().unwrap_or("no answer").to_owned(),
                retryable: error.code().is_none(),
            })?;
            let target = daily.target().ok_or_else(|| PortError {
                what: "GetSchedule",
                detail: "the daily schedule has no target".to_owned(),
                retryable: false,
            })?;
            let queue = target.dead_letter_config().and_then(|queue| queue.arn());
            Ok(Arc::new(self.with(Target {
                state_machine_arn: self.state_machine_arn.clone(),
                role_arn: target.role_arn().to_owned(),
                dead_letter_queue_arn: queue.map(str::to_owned),
            })))
        });
        scheduler.await.map(AsRef::as_ref)
    }

    fn with(&self, target: Target) -> Scheduler {
        Scheduler::new(self.client.clone(), &self.group, target)
    }
}

#[async_trait]
impl Schedules for OfStage {
    async fn list(&self, query: &ScheduleQuery) -> Result<Result<SchedulePage, InvalidCursor>, PortError> {
        self.reading().list(query).await
    }

    async fn get(&self, name: &str) -> Result<Option<KnownSchedule>, PortError> {
        self.reading().get(name).await
    }

    async fn create(&self, name: &str, definition: &ScheduleDefinition) -> Result<Option<KnownSchedule>, PortError> {
        self.writing().await?.create(name, definition).await
    }

    async fn change(
        &self,
        known: &KnownSchedule,
        definition: &ScheduleDefinition,
    ) -> Result<Option<KnownSchedule>, PortError> {
        self.writing().await?.change(known, definition).await
    }

    async fn delete(&self, known: &KnownSchedule) -> Result<bool, PortError> {
        self.reading().delete(known).await
    }
}
