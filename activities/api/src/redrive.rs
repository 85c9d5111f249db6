//! What the API says of redrives.

use contracts::Redriven;
use redrive_message::Started;
use schemars::JsonSchema;
use serde::Serialize;
use tables::{MessageItem, NotRedrivable};

use crate::{Problem, ProblemKind};

/// A message that is on its way again, or would be.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Redrive")]
pub(crate) struct RedriveView {
    #[serde(flatten)]
    pub(crate) redriven: Redriven,
    /// The ARN of its execution, once it has been started.
    execution_arn: Option<String>,
}

impl RedriveView {
    /// What the next redrive of this message would be.
    pub(crate) fn planned(item: &MessageItem) -> Self {
        Self {
            redriven: item.redriven(item.next_redrive()),
            execution_arn: None,
        }
    }
}

impl From<Started> for RedriveView {
    fn from(started: Started) -> Self {
        Self {
            redriven: started.redriven,
            execution_arn: started.execution_arn,
        }
    }
}

impl From<NotRedrivable> for Problem {
    fn from(not: NotRedrivable) -> Self {
        match not {
            NotRedrivable::NotFound => Self::no_message(),
            NotRedrivable::NotFailed(_) => Self::new(ProblemKind::Conflict, not.to_string()),
        }
    }
}
