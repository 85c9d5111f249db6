//! The operations.

use api::{KnownSchedule, PortError, ScheduleDefinition, SchedulePage, ScheduleQuery, Schedules};
use async_trait::async_trait;
use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::error::{BuildError, ProvideErrorMetadata};
use aws_sdk_scheduler::types::{
    DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy, ScheduleState, ScheduleSummary,
    Target as AwsTarget,
};
use futures_util::future::join_all;
use tables::InvalidCursor;

use crate::error::{failed, is_missing};
use crate::input;
use crate::known::{self, date_time};

/// How often Scheduler tries at most to start an execution, as long as it is not too late.
/// Source: its API reference, `RetryPolicy`: 0 to 185, 185 when absent.
const TRIES: i32 = 185;

/// What schedules start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The state machine `process-message`, or its alias.
    pub state_machine_arn: String,
    /// The role that Scheduler takes to start it.
    pub role_arn: String,
    /// The queue for what could not be started in time.
    pub dead_letter_queue_arn: Option<String>,
}

/// Schedules in a group of EventBridge Scheduler.
#[derive(Clone, Debug)]
pub struct Scheduler {
    client: Client,
    group: String,
    target: Target,
}

impl Scheduler {
    /// Schedules in this group, which exists.
    pub fn new(client: Client, group: impl Into<String>, target: Target) -> Self {
        Self {
            client,
            group: group.into(),
            target,
        }
    }

    fn target(&self, definition: &ScheduleDefinition) -> Result<AwsTarget, PortError> {
        let input = input::write(&definition.message).map_err(|error| unmade(&error))?;
        let catch_up = i32::try_from(definition.catch_up).map_err(|error| unmade(&error))?;
        let retry = RetryPolicy::builder()
            .maximum_event_age_in_seconds(catch_up)
            .maximum_retry_attempts(TRIES);
        let queue = self.target.dead_letter_queue_arn.as_ref();
        let target = AwsTarget::builder()
            .arn(&self.target.state_machine_arn)
            .role_arn(&self.target.role_arn)
            .input(input)
            .retry_policy(retry.build())
            .set_dead_letter_config(queue.map(|queue| DeadLetterConfig::builder().arn(queue).build()));
        target.build().map_err(|error| unmade(&error))
    }

    async fn page(
        &self,
        query: &ScheduleQuery,
    ) -> Result<Result<(Vec<ScheduleSummary>, Option<String>), InvalidCursor>, PortError> {
        let listing = self
            .client
            .list_schedules()
            .group_name(&self.group)
            .set_next_token(query.cursor.clone());
        let limit = i32::try_from(query.limit).map_err(|error| unmade(&error))?;
        match listing.max_results(limit).send().await {
            Ok(page) => Ok(Ok((page.schedules, page.next_token))),
            Err(error) if query.cursor.is_some() && error.code() == Some("ValidationException") => {
                Ok(Err(InvalidCursor))
            }
            Err(error) => Err(failed("ListSchedules", &error)),
        }
    }

    /// The schedule if it still is as it was known.
    ///
    /// Scheduler has no conditional writes: a change between this look and the write that follows is overwritten.
    async fn is_unchanged(&self, known: &KnownSchedule) -> Result<bool, PortError> {
        let now = self.get(&known.name).await?;
        Ok(now.is_some_and(|now| now.version == known.version && now.definition == known.definition))
    }
}

/// A creation or an update with everything that a definition says: what is left out of an update is set to its default. The
/// two requests have the same methods and no type in common.
macro_rules! defined {
    ($scheduler:expr, $request:expr, $definition:expr) => {
        $request
            .schedule_expression(&$definition.expression)
            .schedule_expression_timezone(&$definition.timezone)
            .set_start_date($definition.start.map(date_time))
            .set_end_date($definition.end.map(date_time))
            .state(state($definition))
            .flexible_time_window(on_time().map_err(|error| unmade(&error))?)
            .target($scheduler.target($definition)?)
    };
}

#[async_trait]
impl Schedules for Scheduler {
    async fn list(&self, query: &ScheduleQuery) -> Result<Result<SchedulePage, InvalidCursor>, PortError> {
        let Ok((summaries, next)) = self.page(query).await? else {
            return Ok(Err(InvalidCursor));
        };
        // A listing tells neither expression nor input.
        let names = summaries.iter().filter_map(ScheduleSummary::name);
        let mut schedules = Vec::new();
        for found in join_all(names.map(|name| self.get(name))).await {
            schedules.extend(found?.filter(|known| query.owner.is_none() || known.owner() == query.owner.as_deref()));
        }
        // Scheduler promises no order; within a page it is that of the names.
        schedules.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Ok(SchedulePage { schedules, next }))
    }

    async fn get(&self, name: &str) -> Result<Option<KnownSchedule>, PortError> {
        match self
            .client
            .get_schedule()
            .group_name(&self.group)
            .name(name)
            .send()
            .await
        {
            Ok(found) => Ok(known::read(&found)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(failed("GetSchedule", &error)),
        }
    }

    async fn create(&self, name: &str, definition: &ScheduleDefinition) -> Result<Option<KnownSchedule>, PortError> {
        let creation = self.client.create_schedule().group_name(&self.group).name(name);
        match defined!(self, creation, definition).send().await {
            Ok(_) => self.get(name).await,
            Err(error) if error.code() == Some("ConflictException") => Ok(None),
            Err(error) => Err(failed("CreateSchedule", &error)),
        }
    }

    async fn change(
        &self,
        known: &KnownSchedule,
        definition: &ScheduleDefinition,
    ) -> Result<Option<KnownSchedule>, PortError> {
        if !self.is_unchanged(known).await? {
            return Ok(None);
        }
        let update = self.client.update_schedule().group_name(&self.group).name(&known.name);
        match defined!(self, update, definition).send().await {
            Ok(_) => self.get(&known.name).await,
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(failed("UpdateSchedule", &error)),
        }
    }

    async fn delete(&self, known: &KnownSchedule) -> Result<bool, PortError> {
        if !self.is_unchanged(known).await? {
            return Ok(false);
        }
        let deletion = self.client.delete_schedule().group_name(&self.group).name(&known.name);
        match deletion.send().await {
            Ok(_) => Ok(true),
            Err(error) if is_missing(&error) => Ok(false),
            Err(error) => Err(failed("DeleteSchedule", &error)),
        }
    }
}

fn state(definition: &ScheduleDefinition) -> ScheduleState {
    if definition.enabled {
        ScheduleState::Enabled
    } else {
        ScheduleState::Disabled
    }
}

/// Not within a window, but at the time itself.
fn on_time() -> Result<FlexibleTimeWindow, BuildError> {
    FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build()
}

fn unmade(error: &dyn std::error::Error) -> PortError {
    PortError {
        what: "Scheduler",
        detail: format!("the request could not be made: {error}"),
        retryable: false,
    }
}
