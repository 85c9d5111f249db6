//! Parameters from AWS Systems Manager Parameter Store.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use aws_sdk_ssm::{Client, error::ProvideErrorMetadata};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tracing::warn;

use crate::{Clock, ParameterError, Parameters};

/// How long a value is used without asking again: a changed parameter is in force after at most this time.
const FRESH_FOR: SignedDuration = SignedDuration::from_mins(5);

/// Reads parameters with decryption and keeps them for 5 minutes.
pub struct SsmParameters {
    client: Client,
    clock: Arc<dyn Clock>,
    kept: Mutex<HashMap<String, (SecretString, Timestamp)>>,
}

impl SsmParameters {
    /// Parameters of the account and region of `client`.
    pub fn new(client: Client, clock: Arc<dyn Clock>) -> Self {
        Self {
            client,
            clock,
            kept: Mutex::default(),
        }
    }

    fn kept(&self, name: &str) -> Option<(SecretString, Timestamp)> {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }

    async fn read(&self, name: &str) -> Result<SecretString, ParameterError> {
        let answer = self
            .client
            .get_parameter()
            .name(name)
            .with_decryption(true)
            .send()
            .await;
        let parameter = answer.map_err(|error| refused(name, error))?.parameter;
        let value = parameter.and_then(|parameter| parameter.value);
        let value = SecretString::from(value.ok_or_else(|| ParameterError::Missing(name.to_owned()))?);
        let kept = (value.clone(), self.clock.now());
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.to_owned(), kept);
        Ok(value)
    }
}

#[async_trait]
impl Parameters for SsmParameters {
    async fn get(&self, name: &str) -> Result<SecretString, ParameterError> {
        let kept = self.kept(name);
        match kept {
            Some((value, read_at)) if self.clock.now().duration_since(read_at) < FRESH_FOR => Ok(value),
            None => self.read(name).await,
            Some((stale, _)) => match self.read(name).await {
                // A value of ten minutes ago is most likely still right, and a message is waiting.
                Err(ParameterError::Unavailable { .. }) => {
                    warn!(
                        parameter = name,
                        "the parameter store does not answer: an older value is used"
                    );
                    Ok(stale)
                }
                read => read,
            },
        }
    }

    async fn refresh(&self, name: &str) -> Result<SecretString, ParameterError> {
        self.read(name).await
    }
}

fn refused<E>(name: &str, error: aws_sdk_ssm::error::SdkError<E>) -> ParameterError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let name = name.to_owned();
    match error.code() {
        Some("ParameterNotFound" | "ParameterVersionNotFound") => ParameterError::Missing(name),
        Some(code @ ("AccessDeniedException" | "InvalidKeyId")) => ParameterError::Denied {
            name,
            code: code.to_owned(),
        },
        _ => ParameterError::Unavailable {
            name,
            source: Box::new(error),
        },
    }
}

#[cfg(test)]
mod tests;
