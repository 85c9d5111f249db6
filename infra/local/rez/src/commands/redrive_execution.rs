//! `rez redrive-execution`.

use super::start;
use crate::arguments::RedriveExecutionArgs;
use crate::failure::Failure;
use crate::follow::Follower;
use crate::output;
use crate::session::Session;

/// Redrives an execution and follows it to its end.
pub(crate) async fn run(session: &Session, arguments: &RedriveExecutionArgs) -> Result<(), Failure> {
    let client = &session.client;
    let arn = client.find_execution(&arguments.execution).await?;
    let before = client.history(&arn).await?.unwrap_or_default();
    client.redrive_execution(&arn).await?;
    if !arguments.json {
        let name = arn.rsplit(':').next().unwrap_or_default();
        output::line(format_args!("execution {name} redriven"))?;
    }
    if arguments.no_wait {
        return start::started_only(session, &arn, arguments.json).await;
    }
    let mut follower = if arguments.json {
        Follower::silent()
    } else {
        Follower::default()
    };
    follower.follow_after(&before, client, &arn).await?;
    start::tell(&client.execution(&arn).await?, arguments.json)
}
