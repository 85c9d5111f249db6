//! The deployment on AWS: what belongs to a stage by its name, asked in the name of whoever is signed in.
//!
//! Commands are the same as for this machine's server. The API answers in this process, over the ports that the function
//! `web-api` has, so that no command knows where it looks.

mod in_process;
mod names;
mod refusal;
mod schedules;
mod witness;

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sdk_sts::Client as Sts;
use axum::Router;
use web_api::Signed;

pub(crate) use names::{FUNCTIONS, INTAKE, Names, PARAMETERS, QUEUE, UNDELIVERED};
pub(crate) use refusal::{Kind, Refusal};

use crate::arguments::OnAws;
use crate::failure::Failure;
use witness::Witness;

/// How long one call may take with all its repetitions.
const PATIENCE: Duration = Duration::from_secs(30);

/// A stage on AWS, and who asks.
#[derive(Debug)]
pub(crate) struct Deployment {
    /// Where everything is.
    pub(crate) names: Names,
    /// Region and credentials, for the SDK's clients.
    pub(crate) sdk: SdkConfig,
    /// The same, for services without a client of their own here.
    pub(crate) signed: Signed,
    /// The ARN of whoever asks.
    pub(crate) caller: String,
    /// The profile by which they are signed in, as far as it is known.
    profile: Option<String>,
    witness: Witness,
    /// The API of this process.
    router: Router,
}

impl Deployment {
    /// Signs in and finds out which account that is; nothing of the stage is asked yet.
    pub(crate) async fn open(arguments: &OnAws) -> Result<Self, Failure> {
        let witness = Witness::default();
        let sdk = configuration(arguments, &witness).await?;
        let of_environment = || std::env::var("AWS_PROFILE").ok().filter(|profile| !profile.is_empty());
        let profile = arguments.profile.clone().or_else(of_environment);
        let region = sdk.region().map(ToString::to_string).ok_or_else(|| {
            Failure::refused("no region of AWS is given: add --region, set AWS_REGION, or set region in the profile")
        })?;
        signed_in(&sdk, profile.as_deref()).await?;
        let identity = Sts::new(&sdk).get_caller_identity().send().await.map_err(|error| {
            let refusal = Refusal::of_sdk("sts:GetCallerIdentity", &error);
            Failure::failed(format!(
                "{refusal}; {}",
                remedy_of_sign_in(&refusal, profile.as_deref())
            ))
        })?;
        witness.forget();
        let (Some(account), Some(caller)) = (identity.account, identity.arn) else {
            return Err(Failure::failed("AWS does not say which account this is: try again"));
        };
        let names = Names {
            stage: arguments.stage().to_owned(),
            region,
            partition: caller.split(':').nth(1).unwrap_or("aws").to_owned(),
            account,
            endpoint: sdk.endpoint_url().map(str::to_owned),
        };
        let signed = Signed::with_patience(&sdk, PATIENCE)
            .map_err(|error| Failure::failed(format!("{:#}", anyhow::Error::new(error))))?;
        Ok(Self {
            router: in_process::router(&sdk, &names),
            names,
            sdk,
            signed,
            caller,
            profile,
            witness,
        })
    }

    /// What is wrong and what to do about it, in one line.
    pub(crate) fn explained(&self, refusal: &Refusal) -> String {
        format!("{refusal}; {}", self.remedy(refusal))
    }

    /// What it means that something of the stage is missing, and what to do.
    pub(crate) fn not_deployed(&self, seen: &str) -> String {
        let Names {
            stage, region, account, ..
        } = &self.names;
        format!(
            "stage {stage} is not deployed in {region} of account {account} ({seen}): name another with --stage, --region or \
             --profile, or deploy it as docs/aws.md says"
        )
    }

    /// What to do about a refusal.
    pub(crate) fn remedy(&self, refusal: &Refusal) -> String {
        match refusal.kind() {
            Kind::NotAllowed => format!(
                "let {} do it: who operates needs the actions that docs/aws.md lists under Operating",
                self.caller
            ),
            Kind::NotThere => self.not_deployed("this is missing of it"),
            Kind::TooOften => "AWS asks for fewer requests: try again in a minute".to_owned(),
            Kind::NotSignedIn | Kind::Clock | Kind::Away | Kind::Other => {
                remedy_of_sign_in(refusal, self.profile.as_deref())
            }
        }
    }
}

/// Some calls go through clients of single services, which would hear of such an endpoint, and some do not: half of a command
/// would then happen elsewhere.
fn no_single_endpoints(mut names: impl Iterator<Item = String>) -> Result<(), Failure> {
    let Some(single) = names.find(|name| name.starts_with("AWS_ENDPOINT_URL_")) else {
        return Ok(());
    };
    Err(Failure::refused(format!(
        "{single} leads one service elsewhere: unset it for this command, or name one endpoint for all in AWS_ENDPOINT_URL"
    )))
}

async fn configuration(arguments: &OnAws, witness: &Witness) -> Result<SdkConfig, Failure> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    no_single_endpoints(names)?;
    for (option, given) in [("--profile", &arguments.profile), ("--region", &arguments.region)] {
        if given.as_ref().is_some_and(|given| given.trim().is_empty()) {
            return Err(Failure::refused(format!(
                "{option} names nothing: leave it out or give a name"
            )));
        }
    }
    let timeouts = TimeoutConfig::builder().operation_timeout(PATIENCE).build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(timeouts)
        .http_client(witness.clone());
    if let Some(profile) = &arguments.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &arguments.region {
        loader = loader.region(Region::new(region.clone()));
    }
    Ok(loader.load().await)
}

/// Whether there are credentials at all; what is wrong with those that there are is the service's to say.
async fn signed_in(sdk: &SdkConfig, profile: Option<&str>) -> Result<(), Failure> {
    let none = || Failure::failed(format!("you are not signed in to AWS; {}", sign_in(profile)));
    let provider = sdk.credentials_provider().ok_or_else(none)?;
    match provider.provide_credentials().await {
        Ok(_) => Ok(()),
        Err(aws_credential_types::provider::error::CredentialsError::CredentialsNotLoaded(_)) => Err(none()),
        Err(error) => Err(Failure::failed(format!(
            "you are not signed in to AWS ({:#}); {}",
            anyhow::Error::new(error),
            sign_in(profile)
        ))),
    }
}

fn remedy_of_sign_in(refusal: &Refusal, profile: Option<&str>) -> String {
    match refusal.kind() {
        Kind::NotSignedIn => sign_in(profile),
        Kind::Clock => {
            "set the clock of this machine: AWS takes signatures of the last and next five minutes".to_owned()
        }
        Kind::Away => "check the network and the name of the region, then try again".to_owned(),
        _ => "try again; the code stands in AWS's API reference of the service".to_owned(),
    }
}

fn sign_in(profile: Option<&str>) -> String {
    match profile {
        Some(profile) => format!("run aws sso login --profile {profile}"),
        None => "run aws sso login and name its profile with --profile or AWS_PROFILE, or set AWS_ACCESS_KEY_ID and \
                 AWS_SECRET_ACCESS_KEY"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::no_single_endpoints;

    #[test]
    fn an_endpoint_of_one_service_alone_is_refused() {
        let set = |name: &str| no_single_endpoints(["PATH".to_owned(), name.to_owned()].into_iter());
        assert!(set("AWS_ENDPOINT_URL").is_ok() && set("AWS_REGION").is_ok());
        let refused = set("AWS_ENDPOINT_URL_SFN").unwrap_err();
        assert!(refused.text.contains("AWS_ENDPOINT_URL_SFN"), "{}", refused.text);
    }
}
