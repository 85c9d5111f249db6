//! The environment of a function: the settings that it wants, and where it finds AWS.

use std::net::SocketAddr;

use secrecy::{ExposeSecret as _, SecretString};
use tracing::level_filters::LevelFilter;

use super::Server;
use super::description::Description;
use super::services::{ACKNOWLEDGEMENT_KEY, Grant, NTFY_TOKEN, NTFY_URL, parameter};
use crate::linked::reachable;
use crate::{addresses, process_message};

/// Settings by their names, and what every function has.
pub(super) struct Surroundings {
    settings: Vec<(&'static str, String)>,
    everywhere: Vec<(&'static str, String)>,
}

impl Surroundings {
    pub(super) fn of(server: &Server<'_>) -> Self {
        Self {
            settings: settings(server),
            everywhere: everywhere(server),
        }
    }

    /// What a function may ask this server for: what it lists, and of the parameters those that its settings name.
    pub(super) fn grant(&self, function: &str, description: &Description) -> Grant {
        let wanted = |name: &str| name.ends_with("_PARAM") && description.wants(name);
        let parameters = self.settings.iter().filter(|(name, _)| wanted(name));
        Grant {
            function: function.to_owned(),
            actions: description.actions().map(str::to_owned).collect(),
            parameters: parameters.map(|(_, parameter)| parameter.clone()).collect(),
        }
    }

    /// What a function gets: of the settings those that it names, and the token that shows who asks.
    pub(super) fn environment(&self, description: &Description, token: &SecretString) -> Vec<(String, String)> {
        let wanted = |name| description.wants(name);
        // The thresholds have defaults on AWS: no function names them.
        let settings = self
            .settings
            .iter()
            .filter(|(name, _)| wanted(name) || (name.starts_with("BREAKER_") && wanted("CIRCUIT_BREAKER_TABLE")));
        let of_this_server = settings.chain(&self.everywhere);
        let of_this_server = of_this_server.map(|(name, value)| ((*name).to_owned(), value.clone()));
        let of_its_own = description.environment.iter();
        let of_its_own = of_its_own.map(|(name, value)| (name.clone(), value.clone()));
        let credentials = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
        let credentials = credentials.map(|name| (name.to_owned(), token.expose_secret().to_owned()));
        of_its_own.chain(of_this_server).chain(credentials).collect()
    }
}

/// Everything that `function.toml` may name, as the template sets it on AWS.
fn settings(server: &Server<'_>) -> Vec<(&'static str, String)> {
    let Server { config, tables, .. } = server;
    let stage = &config.stage;
    let breaker = &config.breaker;
    // As with what is linked: the built-in inbox has no buttons to show.
    let public_url = config.public_url.as_deref().filter(|_| config.ntfy.url.is_some());
    let topic = addresses::topic_arn(&addresses::events_topic(stage));
    let queue = addresses::queue_url(&addresses::dead_letter_queue(stage));
    vec![
        ("STAGE", stage.clone()),
        ("DYNAMODB_TABLE_NAME", tables.messages.clone()),
        ("CIRCUIT_BREAKER_TABLE", tables.breakers.clone()),
        ("NTFY_URL_PARAM", parameter(stage, NTFY_URL)),
        ("NTFY_API_KEY_PARAM", parameter(stage, NTFY_TOKEN)),
        ("NTFY_TOPIC", config.ntfy.topic.clone()),
        ("ACKNOWLEDGEMENT_KEY_PARAM", parameter(stage, ACKNOWLEDGEMENT_KEY)),
        ("REZ_PUBLIC_URL", public_url.unwrap_or_default().to_owned()),
        ("SNS_TOPIC_ARN", topic),
        ("STATE_MACHINE_ARN", addresses::state_machine_arn(process_message::NAME)),
        ("DEAD_LETTER_QUEUE_URL", queue),
        ("BREAKER_FAILURES", breaker.failures.to_string()),
        ("BREAKER_WINDOW_SECONDS", breaker.window.as_secs().to_string()),
        ("BREAKER_OPEN_SECONDS", breaker.open.as_secs().to_string()),
        ("BREAKER_SUCCESSES", breaker.successes.to_string()),
    ]
}

/// What the SDKs read, so that nothing is asked of AWS itself.
///
/// Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints" and "Environment variables".
fn everywhere(server: &Server<'_>) -> Vec<(&'static str, String)> {
    let url = |address: SocketAddr| format!("http://{}", reachable(address));
    vec![
        ("AWS_REGION", addresses::REGION.to_owned()),
        ("AWS_DEFAULT_REGION", addresses::REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", "ASIAREZLAMBDABINARIES".to_owned()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ("AWS_ENDPOINT_URL", url(server.services)),
        ("AWS_ENDPOINT_URL_DYNAMODB", url(server.addresses.dynamodb)),
        ("AWS_ENDPOINT_URL_SFN", url(server.addresses.sfn)),
        // As loud as this server.
        ("LOG_LEVEL", LevelFilter::current().to_string().to_uppercase()),
    ]
}
