//! The server that a command talks to: the one that runs, one of its own, or a deployment on AWS.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use activity_runtime::Environment;
use contracts::DeliverError;
use deliver_message::Destination;
use reqwest::Url;
use secrecy::SecretString;
use server::{Addresses, Config, Identity, Ntfy, ServeFile, Server, StartError};
use tokio::time::Instant;

use crate::arguments::{OnAws, Settings};
use crate::aws::Deployment;
use crate::client::Client;
use crate::failure::Failure;

/// How long a process that has the data directory may take to say where it listens, or to let go of the directory.
const STARTING: Duration = Duration::from_secs(10);

/// How often it is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Where a command looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// Which server of this machine is meant.
    pub(crate) settings: &'a Settings,
    /// Whether a deployment on AWS is meant instead, and which.
    pub(crate) aws: &'a OnAws,
}

/// A client, and the server behind it if it is this process's own.
pub(crate) struct Session {
    pub(crate) client: Client,
    own: Option<Server>,
}

impl Session {
    /// Finds what a command is to talk to.
    pub(crate) async fn open(place: Place<'_>) -> Result<Self, Failure> {
        if place.aws.aws {
            let deployment = Deployment::open(place.aws).await?;
            return Ok(Self {
                client: Client::on_aws(Arc::new(deployment)),
                own: None,
            });
        }
        Self::here(place.settings).await
    }

    /// Finds the running server of the data directory, or starts one on free ports.
    ///
    /// The lock of the directory decides: whoever gets it serves, whoever does not asks the one who has it.
    async fn here(settings: &Settings) -> Result<Self, Failure> {
        let deadline = Instant::now() + STARTING;
        loop {
            let error = match server::start(config(settings)?).await {
                Ok(server) => {
                    return Ok(Self {
                        client: client(settings, server.addresses)?,
                        own: Some(server),
                    });
                }
                Err(error) => error,
            };
            let Some(owner) = error.in_use_by() else {
                return Err(start_failed(error));
            };
            let file = ServeFile::read(&settings.data_dir).filter(|file| file.pid.to_string() == owner);
            if let Some(file) = file {
                return Ok(Self {
                    client: client(settings, file.addresses)?,
                    own: None,
                });
            }
            if Instant::now() >= deadline {
                return Err(start_failed(error));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Whether the server ends with this process.
    pub(crate) fn is_own(&self) -> bool {
        self.own.is_some()
    }

    /// Stops the server in order if it is this process's own.
    pub(crate) async fn close(self) {
        if let Some(server) = self.own {
            server.shutdown().await;
        }
    }
}

/// The settings of a server on free ports.
pub(crate) fn config(settings: &Settings) -> Result<Config, Failure> {
    let url = settings.ntfy_url.clone().filter(|url| !url.is_empty());
    contracts::validate_topic(&settings.ntfy_topic)
        .map_err(|error| Failure::refused(format!("NTFY_TOPIC {}", error.reason)))?;
    let token = std::env::var("NTFY_API_KEY")
        .ok()
        .filter(|token| !token.is_empty())
        .map(SecretString::from);
    let ntfy = Ntfy {
        url,
        topic: settings.ntfy_topic.clone(),
        token,
    };
    destination(&ntfy)?;
    let breaker = server::breaker_of(&Environment::of_process())
        .map_err(|error| Failure::refused(format!("{:#}", anyhow::Error::new(error))))?;
    Ok(Config {
        ntfy,
        breaker,
        traces: crate::logs::traces(),
        ..Config::new(&settings.data_dir)
    })
}

/// Where messages go; `None` for the built-in inbox. Read as the delivery reads it, so that what it would refuse later is
/// refused at once; the reason quotes neither the URL nor the token, which may hold secrets.
pub(crate) fn destination(ntfy: &Ntfy) -> Result<Option<Destination>, Failure> {
    let Some(url) = ntfy.url.clone().map(SecretString::from) else {
        return Ok(None);
    };
    match Destination::new(&url, ntfy.token.as_ref()) {
        Ok(destination) => Ok(Some(destination)),
        Err(DeliverError::Misconfigured { reason }) => Err(Failure::refused(format!(
            "NTFY_URL or NTFY_API_KEY: {reason}; write the address as https://ntfy.sh, or leave it out for the inbox"
        ))),
        Err(error) => Err(Failure::refused(error.to_string())),
    }
}

/// Why a server does not start, and what to do about it.
pub(crate) fn start_failed(error: StartError) -> Failure {
    let what_to_do = match &error {
        error if error.in_use_by().is_some() => ": use that process, stop it, or set REZ_DATA_DIR to another directory",
        error if error.blames_the_directory() => ": set REZ_DATA_DIR to a directory that you may write to",
        _ => "",
    };
    Failure::failed(format!("{:#}{what_to_do}", anyhow::Error::new(error)))
}

/// The keys of the data directory.
pub(crate) fn identity(settings: &Settings) -> Result<Identity, Failure> {
    Identity::open(&settings.data_dir).map_err(|error| Failure::failed(format!("{:#}", anyhow::Error::new(error))))
}

/// A client of the server that listens there.
pub(crate) fn client(settings: &Settings, addresses: Addresses) -> Result<Client, Failure> {
    let identity = identity(settings)?;
    let url = |address: SocketAddr| Url::parse(&format!("http://{}", reachable(address)));
    let made = url(addresses.api)
        .ok()
        .zip(url(addresses.sfn).ok())
        .and_then(|(api, sfn)| Client::new(api, sfn, identity).ok());
    made.ok_or_else(|| Failure::failed("no HTTP client can be made for the addresses in serve.json"))
}

/// A server that listens everywhere is reached at home.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
