//! Parameters: values that a person may change while functions run, most of them secrets.

use async_trait::async_trait;
use secrecy::SecretString;

use crate::{Environment, Infrastructure, Kind};

/// Reads parameters by name, for example `/rez-agent/dev/ntfy-url`.
#[async_trait]
pub trait Parameters: Send + Sync {
    /// The value; it may be up to 5 minutes old.
    async fn get(&self, name: &str) -> Result<SecretString, ParameterError>;

    /// The value as it is now: for when the one that was used turned out to be wrong.
    async fn refresh(&self, name: &str) -> Result<SecretString, ParameterError> {
        self.get(name).await
    }
}

/// A parameter could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ParameterError {
    /// There is none of this name.
    #[error("there is no parameter {0}")]
    Missing(String),
    /// It may not be read, or not decrypted.
    #[error("the parameter {name} may not be read: {code}")]
    Denied {
        /// Its name.
        name: String,
        /// The service's error code.
        code: String,
    },
    /// The store did not answer.
    #[error("the parameter {name} could not be read")]
    Unavailable {
        /// Its name.
        name: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl From<ParameterError> for Infrastructure {
    fn from(error: ParameterError) -> Self {
        let kind = match error {
            ParameterError::Missing(_) | ParameterError::Denied { .. } => Kind::Misconfigured,
            ParameterError::Unavailable { .. } => Kind::Unavailable,
        };
        Self::new(kind, error.to_string()).caused_by(error)
    }
}

/// Parameters that do not change: for tests and for hosts that have read their own configuration.
#[derive(Clone, Debug, Default)]
pub struct FixedParameters(std::collections::BTreeMap<String, SecretString>);

impl<N: Into<String>> FromIterator<(N, SecretString)> for FixedParameters {
    fn from_iter<I: IntoIterator<Item = (N, SecretString)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }
}

#[async_trait]
impl Parameters for FixedParameters {
    async fn get(&self, name: &str) -> Result<SecretString, ParameterError> {
        self.0
            .get(name)
            .cloned()
            .ok_or_else(|| ParameterError::Missing(name.to_owned()))
    }
}

/// Parameters from environment variables: `/rez-agent/dev/ntfy-api-key` is `NTFY_API_KEY`.
#[derive(Clone, Debug)]
pub struct EnvironmentParameters(pub Environment);

#[async_trait]
impl Parameters for EnvironmentParameters {
    async fn get(&self, name: &str) -> Result<SecretString, ParameterError> {
        let variable = name
            .rsplit('/')
            .next()
            .unwrap_or(name)
            .replace('-', "_")
            .to_ascii_uppercase();
        let value = self.0.optional(&variable).ok_or(ParameterError::Missing(variable))?;
        Ok(SecretString::from(value))
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[tokio::test]
    async fn the_last_part_of_the_name_is_the_variable() {
        let parameters = EnvironmentParameters([("NTFY_URL", "http://localhost")].into_iter().collect());
        assert_eq!(
            parameters.get("/rez-agent/dev/ntfy-url").await.unwrap().expose_secret(),
            "http://localhost"
        );
        let missing = parameters.refresh("/rez-agent/dev/ntfy-api-key").await.unwrap_err();
        assert_eq!(missing.to_string(), "there is no parameter NTFY_API_KEY");
        assert_eq!(Infrastructure::from(missing).kind, Kind::Misconfigured);
    }

    #[tokio::test]
    async fn fixed_parameters_show_no_values() {
        let parameters: FixedParameters = [("/a", SecretString::from("tk_secret"))].into_iter().collect();
        assert_eq!(parameters.get("/a").await.unwrap().expose_secret(), "tk_secret");
        assert!(!format!("{parameters:?}").contains("tk_secret"));
        assert!(matches!(parameters.get("/b").await, Err(ParameterError::Missing(name)) if name == "/b"));
    }
}
