//! The group of schedules, by the schedule that the template puts there.

use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::types::ScheduleState;

use super::super::finding::Finding;
use crate::aws::{Deployment, Refusal};

const CHECK: &str = "schedules";

pub(super) async fn check(deployment: &Deployment) -> Vec<Finding> {
    let group = deployment.names.schedule_group();
    let daily = Client::new(&deployment.sdk)
        .get_schedule()
        .group_name(&group)
        .name("daily");
    vec![match daily.send().await {
        Ok(daily) if daily.state() == Some(&ScheduleState::Enabled) => {
            let at = daily.schedule_expression().unwrap_or_default();
            let zone = daily.schedule_expression_timezone().unwrap_or("UTC");
            Finding::ok(CHECK, format!("the daily message is sent by {at} in {zone}"))
        }
        Ok(_) => Finding::ok(
            CHECK,
            "the daily message is paused: the parameter DailyMessage of the template switches it on",
        ),
        Err(error) => deployment.unseen(CHECK, &Refusal::of_sdk("scheduler:GetSchedule", &error)),
    }]
}
