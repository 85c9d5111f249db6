//! From settings to a router.

use std::sync::Arc;

use activity_runtime::{
    AcknowledgementLinks, Clock, Environment, ParameterError, Parameters as _, SsmParameters, SystemClock,
};
use api::{Api, Bounds, Entrance, Look, RateLimit};
use authorizer::{Gate, Provider, Seal, SignIn, SignInLinks, Verifier};
use aws_config::SdkConfig;
use axum::Router;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use schedules::Scheduler;
use secrecy::{ExposeSecret as _, SecretString};

use crate::{CannotSign, Settings, SignedStepFunctions, WrongSetting, router};

/// The function cannot start.
#[derive(thiserror::Error)]
pub enum StartError {
    /// A setting is missing or makes no sense.
    #[error(transparent)]
    Setting(#[from] WrongSetting),
    /// The session key cannot be read.
    #[error("the session key (SESSION_KEY_PARAM): {0}; `infra/aws/secrets STAGE` puts it there")]
    Unread(#[from] ParameterError),
    /// The session key is none.
    #[error("the parameter {0} must hold 32 random bytes or more, as base64; `infra/aws/secrets STAGE` makes them")]
    NoKey(String),
    /// Step Functions cannot be asked.
    #[error(transparent)]
    StepFunctions(#[from] CannotSign),
    /// The issuer cannot be asked.
    #[error("no HTTP client can be made for the issuer")]
    Issuer,
}

/// As it is displayed: `main` prints errors by `Debug`, and an operator reads them.
impl std::fmt::Debug for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// What seals cookies, and what opens links by which messages are acknowledged: both are made of one secret.
struct Keys {
    seal: Seal,
    links: AcknowledgementLinks,
}

/// The router over AWS, by the environment of the function. It reads the session key; nothing else is asked yet.
pub async fn on_aws(environment: &Environment, aws: &SdkConfig) -> Result<Router, StartError> {
    let settings = Settings::of(environment)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let keys = keys(&settings, aws, &clock).await?;
    let step_functions = SignedStepFunctions::new(aws)?;
    let arn_prefix = settings.arn_prefix().to_owned();
    let api = api(settings, aws, clock, keys)?;
    Ok(router(api, Arc::new(step_functions), &arn_prefix))
}

async fn keys(settings: &Settings, aws: &SdkConfig, clock: &Arc<dyn Clock>) -> Result<Keys, StartError> {
    let name = &settings.session_key_parameter;
    let parameters = SsmParameters::new(aws_sdk_ssm::Client::new(aws), Arc::clone(clock));
    let key = parameters.get(name).await?;
    read(&key).ok_or_else(|| StartError::NoKey(name.clone()))
}

/// The links are made with the text itself, as the activity that delivers reads it.
fn read(key: &SecretString) -> Option<Keys> {
    let secret = BASE64_STANDARD.decode(key.expose_secret()).ok()?;
    Some(Keys {
        seal: Seal::new(&secret).ok()?,
        links: AcknowledgementLinks::new(key).ok()?,
    })
}

fn api(settings: Settings, aws: &SdkConfig, clock: Arc<dyn Clock>, keys: Keys) -> Result<Api, StartError> {
    let places = settings.places.clone();
    let schedules = Arc::new(Scheduler::new(
        aws_sdk_scheduler::Client::new(aws),
        &settings.schedule_group,
        settings.schedule_target.clone(),
    ));
    let entrance = entrance(settings, keys.seal)?;
    Ok(places.api(aws, clock, schedules, entrance, Some(keys.links)))
}

/// Whoever has a token of the issuer, or has signed in there. There are no one-time links: a function knows nothing of what
/// its next instance has given out.
fn entrance(settings: Settings, seal: Seal) -> Result<Entrance, StartError> {
    let provider = Arc::new(Provider::new(settings.issuer).map_err(|_| StartError::Issuer)?);
    let verifier = Verifier {
        own: None,
        issuer: Some(provider.trusted()),
    };
    let sign_in = SignIn::new(provider, &settings.public_url);
    Ok(Entrance {
        gate: Gate::new(verifier, seal),
        links: SignInLinks::default(),
        sign_in: sign_in.map(Arc::new),
        public_url: settings.public_url.origin().ascii_serialization(),
        // API Gateway's: a function counts its own requests alone.
        rate: RateLimit::new(0),
        bounds: Bounds::default(),
        look: Look {
            style: console::style(),
            icon: console::icon(),
        },
        origins: settings.origins,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_32_bytes_or_more() {
        let good = BASE64_STANDARD.encode([7; 32]);
        assert!(read(&good.clone().into()).is_some());
        assert!(read(&BASE64_STANDARD.encode([7; 64]).into()).is_some());
        for bad in ["", "x", &good[1..], &BASE64_STANDARD.encode([7; 31])] {
            assert!(read(&bad.to_owned().into()).is_none(), "{bad}");
        }
    }
}
