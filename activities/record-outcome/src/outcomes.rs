//! Where outcomes are written.

use std::sync::Arc;

use activity_runtime::{Lambda, MissingSetting, SystemClock, setting};
use async_trait::async_trait;
use contracts::Outcome;
use jiff::Timestamp;
use tables::{Messages, Recording, TableError};

use crate::{RecordHandler, Recorder, SnsEvents};

/// Records how messages ended.
#[async_trait]
pub trait Outcomes: Send + Sync {
    /// Records an end; the first one of an execution stands: see [`Messages::record`].
    async fn record(&self, stage: &str, outcome: &Outcome, now: Timestamp) -> Result<Recording, TableError>;
}

#[async_trait]
impl Outcomes for Messages {
    async fn record(&self, stage: &str, outcome: &Outcome, now: Timestamp) -> Result<Recording, TableError> {
        Self::record(self, stage, outcome, now).await
    }
}

/// The function on AWS.
pub fn on_aws(lambda: &Lambda) -> Result<Recorder, MissingSetting> {
    let table = lambda.environment.required(setting::DYNAMODB_TABLE_NAME)?;
    let topic = lambda.environment.required(setting::SNS_TOPIC_ARN)?;
    let handler = RecordHandler {
        outcomes: Arc::new(Messages::new(aws_sdk_dynamodb::Client::new(&lambda.aws), table)),
        events: Arc::new(SnsEvents::new(aws_sdk_sns::Client::new(&lambda.aws), topic)),
        metrics: lambda.metrics.clone(),
        clock: Arc::new(SystemClock),
        stage: lambda.environment.required(setting::STAGE)?.to_owned(),
    };
    Ok(Recorder {
        handler,
        executions: Arc::new(aws_sdk_sfn::Client::new(&lambda.aws)),
    })
}
