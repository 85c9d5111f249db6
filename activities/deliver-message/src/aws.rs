//! The handler on AWS.

use std::sync::Arc;

use activity_runtime::{Lambda, MissingSetting, SsmParameters, SystemClock, setting};
use tables::breaker::Breakers;

use crate::settings::{SettingsError, thresholds};
use crate::{DeliverHandler, Guard, Ntfy, Settings, Timeouts};

/// The handler cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OnAwsError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The HTTP client cannot be made: the system's root certificates cannot be read.
    #[error("the HTTP client cannot be made")]
    Http(#[from] reqwest::Error),
}

impl From<MissingSetting> for OnAwsError {
    fn from(missing: MissingSetting) -> Self {
        Self::Settings(missing.into())
    }
}

/// The handler with Parameter Store and the table of circuit breakers.
pub fn on_aws(lambda: &Lambda) -> Result<DeliverHandler, OnAwsError> {
    let environment = &lambda.environment;
    environment.required(setting::NTFY_URL_PARAM)?;
    let table = environment.required(setting::CIRCUIT_BREAKER_TABLE)?;
    let dynamodb = aws_sdk_dynamodb::Client::new(&lambda.aws);
    let ssm = aws_sdk_ssm::Client::new(&lambda.aws);
    let guard = Guard {
        store: Arc::new(Breakers::new(dynamodb, table, thresholds(environment)?)),
        clock: Arc::new(SystemClock),
        metrics: lambda.metrics.clone(),
    };
    Ok(DeliverHandler {
        settings: Settings::from_environment(environment)?,
        parameters: Arc::new(SsmParameters::new(ssm, Arc::new(SystemClock))),
        guard,
        ntfy: Ntfy::new(Timeouts::default())?,
        clock: Arc::new(SystemClock),
        metrics: lambda.metrics.clone(),
    })
}
