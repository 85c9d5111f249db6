//! Settings: the environment, read once, in one place.

use std::collections::BTreeMap;

/// The names of settings.
pub mod setting {
    /// The stage: `dev`, `stage` or `prod`.
    pub const STAGE: &str = "STAGE";
    /// The table of messages.
    pub const DYNAMODB_TABLE_NAME: &str = "DYNAMODB_TABLE_NAME";
    /// The table of circuit breakers.
    pub const CIRCUIT_BREAKER_TABLE: &str = "CIRCUIT_BREAKER_TABLE";
    /// The name of the parameter that holds ntfy's URL.
    pub const NTFY_URL_PARAM: &str = "NTFY_URL_PARAM";
    /// The name of the parameter that holds ntfy's access token.
    pub const NTFY_API_KEY_PARAM: &str = "NTFY_API_KEY_PARAM";
    /// The name of the parameter that holds the key of acknowledgement links.
    pub const ACKNOWLEDGEMENT_KEY_PARAM: &str = "ACKNOWLEDGEMENT_KEY_PARAM";
    /// The address under which browsers reach the API.
    pub const PUBLIC_URL: &str = "REZ_PUBLIC_URL";
    /// The topic for messages that name none.
    pub const NTFY_TOPIC: &str = "NTFY_TOPIC";
    /// The ARN of the topic to which message events are published.
    pub const SNS_TOPIC_ARN: &str = "SNS_TOPIC_ARN";
    /// The ARN of the state machine `process-message`.
    pub const STATE_MACHINE_ARN: &str = "STATE_MACHINE_ARN";
    /// The ARN of its alias, by which executions are started.
    pub const STATE_MACHINE_ALIAS_ARN: &str = "STATE_MACHINE_ALIAS_ARN";
    /// The URL of the dead-letter queue.
    pub const DEAD_LETTER_QUEUE_URL: &str = "DEAD_LETTER_QUEUE_URL";
    /// The least level that is logged: `ERROR`, `WARN`, `INFO`, `DEBUG`, `TRACE` or `OFF`.
    pub const LOG_LEVEL: &str = "LOG_LEVEL";
    /// The function's name, set by Lambda.
    pub const FUNCTION_NAME: &str = "AWS_LAMBDA_FUNCTION_NAME";
}

/// A snapshot of the environment.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<String, String>);

/// A setting is missing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {0} is missing or empty")]
pub struct MissingSetting(pub String);

impl Environment {
    /// The process's environment; variables that are not UTF-8 are left out.
    pub fn of_process() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// The setting, if it is there and not empty.
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The setting.
    pub fn required(&self, name: &str) -> Result<&str, MissingSetting> {
        self.optional(name).ok_or_else(|| MissingSetting(name.to_owned()))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

/// Names only: values may be secrets.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_empty_setting_is_named() {
        let environment: Environment = [("STAGE", "dev"), ("LOG_LEVEL", "")].into_iter().collect();
        assert_eq!(environment.required(setting::STAGE), Ok("dev"));
        assert_eq!(environment.optional(setting::LOG_LEVEL), None);
        let missing = environment.required(setting::SNS_TOPIC_ARN).unwrap_err();
        assert_eq!(
            missing.to_string(),
            "the environment variable SNS_TOPIC_ARN is missing or empty"
        );
    }

    #[test]
    fn debugging_shows_no_values() {
        let environment: Environment = [("NTFY_API_KEY", "tk_secret")].into_iter().collect();
        assert_eq!(format!("{environment:?}"), r#"{"NTFY_API_KEY"}"#);
    }
}
