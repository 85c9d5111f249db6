//! A schedule of Scheduler as the API knows it.

use api::schedules::DEFAULT_CATCH_UP;
use api::{KnownSchedule, ScheduleDefinition};
use aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput;
use aws_sdk_scheduler::primitives::DateTime;
use aws_sdk_scheduler::types::{RetryPolicy, ScheduleState};
use jiff::Timestamp;

use crate::input;

/// Reads a schedule; `None` if it sends no message: somebody else's schedule may stand in the same group.
pub(crate) fn read(found: &GetScheduleOutput) -> Option<KnownSchedule> {
    let target = found.target()?;
    let catch_up = target
        .retry_policy()
        .and_then(RetryPolicy::maximum_event_age_in_seconds);
    let updated_at = timestamp(found.last_modification_date().or(found.creation_date())?)?;
    Some(KnownSchedule {
        name: found.name()?.to_owned(),
        arn: found.arn()?.to_owned(),
        definition: ScheduleDefinition {
            expression: found.schedule_expression()?.to_owned(),
            timezone: found.schedule_expression_timezone().unwrap_or("UTC").to_owned(),
            start: found.start_date().and_then(timestamp),
            end: found.end_date().and_then(timestamp),
            enabled: found.state() != Some(&ScheduleState::Disabled),
            catch_up: catch_up
                .and_then(|seconds| seconds.try_into().ok())
                .unwrap_or(DEFAULT_CATCH_UP),
            message: input::read(target.input()?)?,
        },
        created_at: timestamp(found.creation_date()?)?,
        updated_at,
        version: updated_at.as_nanosecond().to_string(),
        // Scheduler does not tell.
        fired: None,
    })
}

fn timestamp(time: &DateTime) -> Option<Timestamp> {
    let nanoseconds = i32::try_from(time.subsec_nanos()).ok()?;
    Timestamp::new(time.secs(), nanoseconds).ok()
}

pub(crate) fn date_time(time: Timestamp) -> DateTime {
    let nanoseconds = u32::try_from(time.subsec_nanosecond()).unwrap_or_default();
    DateTime::from_secs_and_nanos(time.as_second(), nanoseconds)
}
