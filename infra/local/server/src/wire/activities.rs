//! Activities: `CreateActivity`, `DescribeActivity`, `ListActivities`, `DeleteActivity`, `GetActivityTask`.

use std::sync::Arc;
use std::time::Duration;

use engine::TaskRequest;
use journal::{Activity, Batch, CommitError, Task};
use serde_json::{Value, json};

use super::answer::date;
use super::names::{self, NAME_CHARS, no_activity};
use super::operations::Answer;
use super::page::{Page, add_token};
use super::parameters::Parameters;
use super::tags;
use crate::addresses;
use crate::failpoints::{self, Commit};
use crate::host::{Host, HostError};

/// How long a worker waits for a task. Source: API reference, `GetActivityTask`.
const LONG_POLL: Duration = Duration::from_mins(1);
/// The longest `nextToken`. Source: API reference, `ListActivities`.
const TOKEN_CHARS: usize = 1_024;

/// `CreateActivity`. Idempotent by name.
pub(super) async fn create(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let name = parameters.text("name", 1, NAME_CHARS);
    let tags = tags::given(&mut parameters, false);
    parameters.check()?;
    names::check(&name)?;
    let created_at = host.now();
    let mut batch = Batch::creating_activity(Activity {
        name: name.clone(),
        created_at,
    });
    let tags = tags::of_new(&addresses::activity_arn(&name), &tags)?;
    batch.append(tags.with(created_at.as_millisecond()));
    match failpoints::commit(&host.journal, Commit::Activity, batch).await {
        Ok(()) | Err(CommitError::Exists) => {}
        Err(error) => return Err(HostError::from(error).into()),
    }
    let found = host
        .journal
        .activity(&name)
        .await?
        .ok_or_else(|| no_activity(&addresses::activity_arn(&name)))?;
    Ok(json!({ "activityArn": addresses::activity_arn(&name), "creationDate": date(found.created_at) }))
}

/// `DescribeActivity`.
pub(super) async fn describe(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let arn = parameters.arn("activityArn");
    parameters.check()?;
    let name = names::activity(&arn)?;
    let found = host.journal.activity(&name).await?.ok_or_else(|| no_activity(&arn))?;
    Ok(json!({
        "activityArn": arn,
        "name": found.name,
        "creationDate": date(found.created_at),
        "encryptionConfiguration": { "type": "AWS_OWNED_KEY" },
    }))
}

/// `ListActivities`, by name.
pub(super) async fn list(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let page = Page::read(&mut parameters, TOKEN_CHARS);
    parameters.check()?;
    let after = page.cursor("activities")?.unwrap_or_default();
    let mut activities = host.journal.activities(&after, page.limit + 1).await?;
    let more = activities.len() > page.limit;
    activities.truncate(page.limit);
    let mut answer = json!({ "activities": activities.iter().map(line).collect::<Vec<_>>() });
    if let Some(last) = activities.last().filter(|_| more) {
        add_token(&mut answer, "activities", &last.name);
    }
    Ok(answer)
}

fn line(activity: &Activity) -> Value {
    json!({
        "activityArn": addresses::activity_arn(&activity.name),
        "name": activity.name,
        "creationDate": date(activity.created_at),
    })
}

/// `DeleteActivity`. Deleting what is not there is no error.
pub(super) async fn delete(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let arn = parameters.arn("activityArn");
    parameters.check()?;
    let mut batch = Batch::new();
    batch.delete_activity(names::activity(&arn)?);
    failpoints::commit(&host.journal, Commit::DeleteActivity, batch)
        .await
        .map_err(HostError::from)?;
    Ok(json!({}))
}

/// `GetActivityTask`: waits for a task for a minute, then answers without one.
pub(super) async fn get_task(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let arn = parameters.arn("activityArn");
    let worker = parameters.optional_text("workerName", 1, NAME_CHARS);
    parameters.check()?;
    let name = names::activity(&arn)?;
    host.journal.activity(&name).await?.ok_or_else(|| no_activity(&arn))?;
    let waiting = wait_for_task(&host, &arn, worker.as_deref());
    let taken = tokio::select! {
        taken = tokio::time::timeout(LONG_POLL, waiting) => taken.unwrap_or(Ok(None))?,
        () = host.stopped() => None,
    };
    Ok(taken.map_or_else(|| json!({}), |task| taken_task(&task)))
}

async fn wait_for_task(host: &Arc<Host>, arn: &str, worker: Option<&str>) -> Result<Option<Task>, HostError> {
    loop {
        let changed = host.changed().notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        if let Some(task) = host.take_activity_task(arn, worker).await? {
            return Ok(Some(task));
        }
        changed.await;
    }
}

fn taken_task(task: &Task) -> Value {
    let input = serde_json::from_str::<TaskRequest>(&task.request).map(|request| request.parameters);
    json!({ "taskToken": task.token, "input": input.unwrap_or_default() })
}
