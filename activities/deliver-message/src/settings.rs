//! The settings of the activity.

use activity_runtime::{Environment, MissingSetting, setting};
use contracts::{FieldError, validate_topic};
use jiff::SignedDuration;
use tables::breaker::Thresholds;

/// Which parameters and topic are used, and how much text is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The name of the parameter that holds ntfy's base URL.
    pub url_parameter: String,
    /// The name of the parameter that holds ntfy's access token. Neither the name nor the parameter need exist: then
    /// nothing is sent for authorization.
    pub token_parameter: Option<String>,
    /// Where browsers reach the API, without a slash at its end; without it, no notification has a button to acknowledge.
    pub public_url: Option<String>,
    /// The name of the parameter that holds the key of acknowledgement links. Without the parameter there is no button.
    pub acknowledgement_key_parameter: String,
    /// The topic of deliveries that name none.
    pub topic: String,
    /// The longest text in bytes of UTF-8. 4,095 by default: ntfy with its own defaults makes an attachment of more, or
    /// refuses it. Less than [`LEAST_MESSAGE_BYTES`] is not taken.
    pub message_bytes: usize,
}

/// A text is never cut to less than this.
pub const LEAST_MESSAGE_BYTES: usize = 64;

/// The longest text, for servers with another `message-size-limit`.
pub const NTFY_MESSAGE_BYTES: &str = "NTFY_MESSAGE_BYTES";

/// After how many failures the breaker opens, and within how many seconds; how many seconds it stays open, and after how
/// many successes it closes.
pub const BREAKER: [&str; 4] = [
    "BREAKER_FAILURES",
    "BREAKER_WINDOW_SECONDS",
    "BREAKER_OPEN_SECONDS",
    "BREAKER_SUCCESSES",
];

/// The parameters `ntfy-url` and `ntfy-api-key`, which the environment adapter reads from `NTFY_URL` and `NTFY_API_KEY`,
/// and the topic `rez`.
impl Default for Settings {
    fn default() -> Self {
        Self {
            url_parameter: "ntfy-url".to_owned(),
            token_parameter: Some("ntfy-api-key".to_owned()),
            public_url: None,
            acknowledgement_key_parameter: "acknowledgement-key".to_owned(),
            topic: "rez".to_owned(),
            message_bytes: 4_095,
        }
    }
}

/// A setting is missing or wrong.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// It is missing.
    #[error(transparent)]
    Missing(#[from] MissingSetting),
    /// It is not a whole number within its bounds.
    #[error("{0} must be a whole number, at least {1}")]
    Number(&'static str, u32),
    /// It is not a topic.
    #[error("{name}: {source}", name = setting::NTFY_TOPIC)]
    Topic {
        /// What is wrong with it.
        source: FieldError,
    },
}

impl Settings {
    /// From `NTFY_TOPIC` and `NTFY_MESSAGE_BYTES`, else the [defaults](Self::default); the names of the parameters from
    /// `NTFY_URL_PARAM`, `NTFY_API_KEY_PARAM` and `ACKNOWLEDGEMENT_KEY_PARAM`, else theirs; the public URL from
    /// `REZ_PUBLIC_URL`.
    pub fn from_environment(environment: &Environment) -> Result<Self, SettingsError> {
        let default = Self::default();
        let text = |name, default| environment.optional(name).map_or(default, ToOwned::to_owned);
        let topic = text(setting::NTFY_TOPIC, default.topic);
        validate_topic(&topic).map_err(|source| SettingsError::Topic { source })?;
        let least = u32::try_from(LEAST_MESSAGE_BYTES).unwrap_or(u32::MAX);
        let message_bytes = number(environment, NTFY_MESSAGE_BYTES, least)?;
        Ok(Self {
            url_parameter: text(setting::NTFY_URL_PARAM, default.url_parameter),
            token_parameter: environment
                .optional(setting::NTFY_API_KEY_PARAM)
                .map(ToOwned::to_owned)
                .or(default.token_parameter),
            public_url: environment
                .optional(setting::PUBLIC_URL)
                .map(|url| url.trim_end_matches('/').to_owned()),
            acknowledgement_key_parameter: text(
                setting::ACKNOWLEDGEMENT_KEY_PARAM,
                default.acknowledgement_key_parameter,
            ),
            topic,
            message_bytes: message_bytes.map_or(default.message_bytes, |bytes| bytes as usize),
        })
    }
}

/// The breaker's thresholds from [`BREAKER`], else their defaults.
pub fn thresholds(environment: &Environment) -> Result<Thresholds, SettingsError> {
    let default = Thresholds::default();
    let [failures, window, open, successes] = BREAKER.map(|name| number(environment, name, 1));
    let seconds = |setting: Option<u32>, default| setting.map_or(default, |s| SignedDuration::from_secs(s.into()));
    Ok(Thresholds {
        failures: failures?.map_or(default.failures, |failures| failures as usize),
        window: seconds(window?, default.window),
        open: seconds(open?, default.open),
        successes: successes?.unwrap_or(default.successes),
        lease: default.lease,
    })
}

fn number(environment: &Environment, name: &'static str, least: u32) -> Result<Option<u32>, SettingsError> {
    let Some(text) = environment.optional(name) else {
        return Ok(None);
    };
    match text.parse() {
        Ok(number) if number >= least => Ok(Some(number)),
        _ => Err(SettingsError::Number(name, least)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        pairs.iter().copied().collect()
    }

    #[test]
    fn what_is_not_set_has_its_default() {
        assert_eq!(
            Settings::from_environment(&environment(&[])).unwrap(),
            Settings::default()
        );
        assert_eq!(thresholds(&environment(&[])).unwrap(), Thresholds::default());
    }

    #[test]
    fn what_is_set_counts() {
        let settings = Settings::from_environment(&environment(&[
            ("NTFY_URL_PARAM", "/rez-agent/dev/ntfy-url"),
            ("NTFY_API_KEY_PARAM", "/rez-agent/dev/ntfy-api-key"),
            ("ACKNOWLEDGEMENT_KEY_PARAM", "/rez-agent/dev/acknowledgement-key"),
            ("REZ_PUBLIC_URL", "https://rez.example.org/"),
            ("NTFY_TOPIC", "alerts"),
            ("NTFY_MESSAGE_BYTES", "2000"),
        ]));
        let expected = Settings {
            url_parameter: "/rez-agent/dev/ntfy-url".to_owned(),
            token_parameter: Some("/rez-agent/dev/ntfy-api-key".to_owned()),
            public_url: Some("https://rez.example.org".to_owned()),
            acknowledgement_key_parameter: "/rez-agent/dev/acknowledgement-key".to_owned(),
            topic: "alerts".to_owned(),
            message_bytes: 2_000,
        };
        assert_eq!(settings.unwrap(), expected);
        let strict = thresholds(&environment(&[
            ("BREAKER_FAILURES", "2"),
            ("BREAKER_OPEN_SECONDS", "1"),
        ]))
        .unwrap();
        assert_eq!((strict.failures, strict.open), (2, SignedDuration::from_secs(1)));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refused = |name, value| {
            Settings::from_environment(&environment(&[(name, value)]))
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            refused("NTFY_MESSAGE_BYTES", "63"),
            "NTFY_MESSAGE_BYTES must be a whole number, at least 64"
        );
        assert!(refused("NTFY_TOPIC", "two words").starts_with("NTFY_TOPIC: topic: must be"));
        let none = thresholds(&environment(&[("BREAKER_SUCCESSES", "0")])).unwrap_err();
        assert_eq!(none.to_string(), "BREAKER_SUCCESSES must be a whole number, at least 1");
    }
}
