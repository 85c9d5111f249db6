//! `TagResource`, `UntagResource`, `ListTagsForResource`, and tags that a resource is created with.
//!
//! Tags stand beside their resource under the id of its creation, so that a new resource of an old name has none.
//!
//! Source: API reference, `TagResource`.

use std::sync::Arc;

use journal::Batch;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::Mutex;

use super::error::ApiError;
use super::names;
use super::operations::Answer;
use super::parameters::Parameters;
use crate::addresses::StatesArn;
use crate::failpoints::{self, Commit};
use crate::host::{Host, HostError};

/// The most tags of a resource, and the longest key and value in characters.
const TAGS: usize = 50;
const KEY_CHARS: usize = 128;
const VALUE_CHARS: usize = 256;

/// Changes are read, made and written: one at a time.
static CHANGES: Mutex<()> = Mutex::const_new(());

/// A tag.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Tag {
    #[serde(default)]
    key: String,
    #[serde(default)]
    value: String,
}

/// `TagResource`: adds tags, or gives those that are there new values.
pub(super) async fn tag(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let (arn, given) = (parameters.arn("resourceArn"), given(&mut parameters, true));
    parameters.check()?;
    change(&host, &arn, |tags| {
        for tag in given {
            match tags.iter_mut().find(|known| known.key == tag.key) {
                Some(known) => known.value = tag.value,
                None => tags.push(tag),
            }
        }
    })
    .await
}

/// `UntagResource`. Removing what is not there is no error.
pub(super) async fn untag(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let (arn, keys) = (
        parameters.arn("resourceArn"),
        parameters.list::<String>("tagKeys", true),
    );
    parameters.check()?;
    change(&host, &arn, |tags| tags.retain(|tag| !keys.contains(&tag.key))).await
}

/// `ListTagsForResource`.
pub(super) async fn list(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let arn = parameters.arn("resourceArn");
    parameters.check()?;
    let place = place(&host, &arn).await?;
    Ok(json!({ "tags": kept(&host, &place).await? }))
}

/// The tags that a request brings.
pub(super) fn given(parameters: &mut Parameters, required: bool) -> Vec<Tag> {
    let tags: Vec<Tag> = parameters.list("tags", required);
    for tag in &tags {
        parameters.constrain("tags.key", &tag.key, 1, KEY_CHARS);
        parameters.constrain("tags.value", &tag.value, 0, VALUE_CHARS);
    }
    tags
}

/// Tags of a resource that is about to be created: they become durable with it.
#[derive(Debug)]
pub(super) struct OfNew {
    arn: String,
    /// As they are kept; `None` if there are none.
    text: Option<String>,
}

/// The tags that a new resource is to have. Source: API reference, `CreateActivity`, `tags`.
pub(super) fn of_new(arn: &str, tags: &[Tag]) -> Result<OfNew, ApiError> {
    bounded(arn, tags)?;
    Ok(OfNew {
        arn: arn.to_owned(),
        text: (!tags.is_empty()).then(|| json!(tags).to_string()),
    })
}

impl OfNew {
    /// What is written with the resource. `created` names its creation, as [`place`] does.
    pub(super) fn with(self, created: i64) -> Batch {
        let mut batch = Batch::new();
        if let Some(text) = self.text {
            batch.set_meta(key(&self.arn, created), text);
        }
        batch
    }
}

fn bounded(arn: &str, tags: &[Tag]) -> Result<(), ApiError> {
    if tags.len() > TAGS {
        return Err(ApiError::new("TooManyTags", format!("Too many tags: '{arn}'")));
    }
    Ok(())
}

async fn change(host: &Host, arn: &str, change: impl FnOnce(&mut Vec<Tag>)) -> Answer {
    let _one_at_a_time = CHANGES.lock().await;
    let place = place(host, arn).await?;
    let mut tags = kept(host, &place).await?;
    change(&mut tags);
    bounded(arn, &tags)?;
    let mut batch = Batch::new();
    batch.set_meta(place, json!(tags).to_string());
    failpoints::commit(&host.journal, Commit::Tags, batch)
        .await
        .map_err(HostError::from)?;
    Ok(json!({}))
}

async fn kept(host: &Host, place: &str) -> Result<Vec<Tag>, ApiError> {
    let kept = host.journal.meta(place).await?;
    Ok(kept
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default())
}

/// Where the tags of a resource stand.
async fn place(host: &Host, arn: &str) -> Result<String, ApiError> {
    let kind = StatesArn::parse(arn).ok_or_else(|| ApiError::invalid_arn(arn))?.kind;
    let missing = || ApiError::new("ResourceNotFound", format!("Resource not found: '{arn}'"));
    let created = match kind {
        "stateMachine" => {
            let name = names::state_machine(arn).map_err(|_| missing())?;
            host.journal.state_machine(&name).await?.map(|found| found.id.0)
        }
        "activity" => {
            let name = names::activity(arn).map_err(|_| missing())?;
            host.journal
                .activity(&name)
                .await?
                .map(|found| found.created_at.as_millisecond())
        }
        _ => return Err(ApiError::wrong_resource(kind)),
    };
    created.map(|created| key(arn, created)).ok_or_else(missing)
}

/// The key of `meta` under which the tags of a resource stand that was created so.
fn key(arn: &str, created: i64) -> String {
    format!("tags {arn} {created}")
}
