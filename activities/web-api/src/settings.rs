//! What the environment says.

use activity_runtime::{Environment, MissingSetting, setting};
use authorizer::{IssuerSettings, SettingError};
use reqwest::Url;
use schedules::Target;

use crate::Places;

/// The settings of the function: names and addresses, no secret among them.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the API asks: `STAGE`, `DYNAMODB_TABLE_NAME`, `CIRCUIT_BREAKER_TABLE`, `STATE_MACHINE_ARN`,
    /// `STATE_MACHINE_ALIAS_ARN` and `DEAD_LETTER_QUEUE_URL`.
    pub places: Places,
    /// The group of schedules: `SCHEDULE_GROUP`.
    pub schedule_group: String,
    /// What schedules start: the state machine, in the role `SCHEDULER_ROLE_ARN`, with the queue `UNDELIVERED_QUEUE_ARN` for what
    /// cannot be started.
    pub schedule_target: Target,
    /// The parameter that holds the session key: `SESSION_KEY_PARAM`.
    pub session_key_parameter: String,
    /// The address under which browsers reach the API: `REZ_PUBLIC_URL`.
    pub public_url: Url,
    /// The origins whose pages may call the API: `CORS_ORIGINS`, with commas between them.
    pub origins: Vec<String>,
    /// Whose tokens are taken: `COGNITO_USER_POOL_ID` and `COGNITO_CLIENT_ID`, or `OIDC_ISSUER` and what belongs to it.
    pub issuer: IssuerSettings,
}

/// A setting is missing or makes no sense.
#[derive(Debug, thiserror::Error)]
pub enum WrongSetting {
    /// It is missing.
    #[error(transparent)]
    Missing(#[from] MissingSetting),
    /// The issuer's make no sense.
    #[error(transparent)]
    Issuer(#[from] SettingError),
    /// Another one makes no sense.
    #[error("the environment variable {setting} {remedy}")]
    Wrong {
        /// Which one.
        setting: &'static str,
        /// What would be right.
        remedy: &'static str,
    },
}

const SCHEDULE_GROUP: &str = "SCHEDULE_GROUP";
const SCHEDULER_ROLE_ARN: &str = "SCHEDULER_ROLE_ARN";
const UNDELIVERED_QUEUE_ARN: &str = "UNDELIVERED_QUEUE_ARN";
const SESSION_KEY_PARAM: &str = "SESSION_KEY_PARAM";
const CORS_ORIGINS: &str = "CORS_ORIGINS";

impl Settings {
    /// Reads and checks them.
    pub fn of(environment: &Environment) -> Result<Self, WrongSetting> {
        let text = |name| environment.required(name).map(str::to_owned);
        let state_machine_arn = text(setting::STATE_MACHINE_ARN)?;
        if arn_prefix(&state_machine_arn).is_none() {
            return Err(WrongSetting::Wrong {
                setting: setting::STATE_MACHINE_ARN,
                remedy: "must be as arn:aws:states:REGION:ACCOUNT:stateMachine:NAME",
            });
        }
        let alias = environment.optional(setting::STATE_MACHINE_ALIAS_ARN);
        let of_machine = |alias: &str| {
            let name = alias.strip_prefix(state_machine_arn.as_str());
            name.is_some_and(|name| name.len() > 1 && name.starts_with(':'))
        };
        if !alias.is_none_or(of_machine) {
            return Err(WrongSetting::Wrong {
                setting: setting::STATE_MACHINE_ALIAS_ARN,
                remedy: "must be STATE_MACHINE_ARN, a colon and the name of an alias",
            });
        }
        Ok(Self {
            places: Places {
                stage: text(setting::STAGE)?,
                messages: text(setting::DYNAMODB_TABLE_NAME)?,
                breakers: text(setting::CIRCUIT_BREAKER_TABLE)?,
                state_machine_arn: state_machine_arn.clone(),
                state_machine_alias_arn: alias.map(str::to_owned),
                dead_letter_queue_url: text(setting::DEAD_LETTER_QUEUE_URL)?,
            },
            schedule_group: text(SCHEDULE_GROUP)?,
            schedule_target: Target {
                state_machine_arn: alias.unwrap_or(&state_machine_arn).to_owned(),
                role_arn: text(SCHEDULER_ROLE_ARN)?,
                dead_letter_queue_arn: Some(text(UNDELIVERED_QUEUE_ARN)?),
            },
            session_key_parameter: text(SESSION_KEY_PARAM)?,
            public_url: public_url(environment.required(setting::PUBLIC_URL)?)?,
            origins: origins(environment.optional(CORS_ORIGINS).unwrap_or_default()),
            issuer: IssuerSettings::of(environment)?.ok_or(WrongSetting::Wrong {
                setting: "COGNITO_USER_POOL_ID",
                remedy: "is missing, and OIDC_ISSUER too: without an issuer nobody can be let in",
            })?,
        })
    }

    /// What ARNs of Step Functions begin with: `arn:aws:states:REGION:ACCOUNT`.
    pub fn arn_prefix(&self) -> &str {
        arn_prefix(&self.places.state_machine_arn).unwrap_or_default()
    }
}

fn arn_prefix(state_machine: &str) -> Option<&str> {
    let (prefix, name) = state_machine.split_once(":stateMachine:")?;
    let whole = prefix.starts_with("arn:") && prefix.split(':').count() == 5 && !name.is_empty() && !name.contains(':');
    whole.then_some(prefix)
}

/// Scheme and host, and nothing else; without TLS on this machine alone, for cookies go there.
fn public_url(text: &str) -> Result<Url, WrongSetting> {
    let plain = |url: &Url| {
        let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let safe = url.scheme() == "https" || (url.scheme() == "http" && local);
        let nothing_else = url.query().is_none() && url.fragment().is_none() && url.path() == "/";
        safe && nothing_else && url.username().is_empty() && url.password().is_none()
    };
    let read = Url::parse(text).ok().filter(plain);
    read.ok_or(WrongSetting::Wrong {
        setting: setting::PUBLIC_URL,
        remedy: "must be scheme and host alone: https://rez.example.org",
    })
}

/// A wildcard names no origin: API Gateway answers those that it lets in by one.
fn origins(text: &str) -> Vec<String> {
    let named = text
        .split(',')
        .map(str::trim)
        .filter(|origin| !matches!(*origin, "" | "*"));
    named.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 12] = [
        ("STAGE", "dev"),
        ("DYNAMODB_TABLE_NAME", "messages"),
        ("CIRCUIT_BREAKER_TABLE", "breakers"),
        (
            "STATE_MACHINE_ARN",
            "arn:aws:states:eu-central-1:123456789012:stateMachine:m",
        ),
        ("DEAD_LETTER_QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/1/q"),
        ("SCHEDULE_GROUP", "rez-agent-dev"),
        ("SCHEDULER_ROLE_ARN", "arn:aws:iam::123456789012:role/scheduler"),
        (
            "UNDELIVERED_QUEUE_ARN",
            "arn:aws:sqs:eu-central-1:123456789012:undelivered",
        ),
        ("SESSION_KEY_PARAM", "/rez-agent/dev/session-key"),
        ("REZ_PUBLIC_URL", "https://rez.example.org"),
        ("COGNITO_USER_POOL_ID", "eu-central-1_Ab1"),
        ("COGNITO_CLIENT_ID", "client"),
    ];

    fn read(changed: &[(&str, &str)]) -> Result<Settings, WrongSetting> {
        Settings::of(&GOOD.iter().chain(changed).copied().collect())
    }

    #[test]
    fn the_settings_of_the_template_are_read() {
        let settings = read(&[("CORS_ORIGINS", "https://a.example.org, *,https://b.example.org")]).unwrap();
        assert_eq!(settings.arn_prefix(), "arn:aws:states:eu-central-1:123456789012");
        assert_eq!(settings.origins, ["https://a.example.org", "https://b.example.org"]);
        assert_eq!(
            settings.schedule_target.state_machine_arn,
            settings.places.state_machine_arn
        );
    }

    #[test]
    fn schedules_start_executions_by_the_alias() {
        let alias = "arn:aws:states:eu-central-1:123456789012:stateMachine:m:live";
        let settings = read(&[("STATE_MACHINE_ALIAS_ARN", alias)]).unwrap();
        assert_eq!(settings.schedule_target.state_machine_arn, alias);
        assert_eq!(settings.places.state_machine_alias_arn.as_deref(), Some(alias));
        assert!(!settings.places.state_machine_arn.contains("live"));
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        for (name, _) in GOOD {
            let error = read(&[(name, "")]).unwrap_err().to_string();
            assert!(error.contains(name), "{name}: {error}");
        }
        for (name, value) in [
            ("STATE_MACHINE_ARN", "process-message"),
            ("STATE_MACHINE_ARN", "arn:aws:states:eu-central-1:1:stateMachine:m:live"),
            ("STATE_MACHINE_ALIAS_ARN", "live"),
            (
                "STATE_MACHINE_ALIAS_ARN",
                "arn:aws:states:eu-central-1:123456789012:stateMachine:other:live",
            ),
            ("REZ_PUBLIC_URL", "http://rez.example.org"),
            ("REZ_PUBLIC_URL", "https://rez.example.org/console"),
            ("REZ_PUBLIC_URL", "rez.example.org"),
            ("COGNITO_USER_POOL_ID", "pool"),
        ] {
            let error = read(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name), "{value}: {error}");
        }
    }
}
