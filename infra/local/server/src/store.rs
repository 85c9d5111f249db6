//! The embedded DynamoDB: dynoxide on a loopback port, and the SDK's client for it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use tables::Messages;
use tables::breaker::{Breakers, Thresholds};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::{StartError, addresses};

/// The running database.
pub(crate) struct Store {
    pub(crate) client: Client,
    /// Where it listens, for whoever wants to look into it with the AWS CLI.
    pub(crate) address: SocketAddr,
    database: dynoxide::Database,
    serving: JoinHandle<()>,
}

/// The names of the two tables in a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableNames {
    pub(crate) messages: String,
    pub(crate) breakers: String,
}

impl TableNames {
    pub(crate) fn of(stage: &str) -> Self {
        Self {
            messages: format!("rez-agent-messages-{stage}"),
            breakers: format!("rez-agent-circuit-breaker-{stage}"),
        }
    }
}

/// The two tables.
#[derive(Clone)]
pub(crate) struct Stores {
    pub(crate) messages: Arc<Messages>,
    pub(crate) breakers: Arc<Breakers>,
}

impl Stores {
    pub(crate) fn new(client: &Client, names: &TableNames, breaker: Thresholds) -> Self {
        Self {
            messages: Arc::new(Messages::new(client.clone(), names.messages.clone())),
            breakers: Arc::new(Breakers::new(client.clone(), names.breakers.clone(), breaker)),
        }
    }
}

impl Store {
    /// The database itself, whose items nobody but us removes when they expire.
    pub(crate) fn database(&self) -> dynoxide::Database {
        self.database.clone()
    }

    /// Opens the database in the data directory and creates the tables that are not there.
    pub(crate) async fn open(data_dir: &Path, names: &TableNames) -> Result<Self, StartError> {
        let file = data_dir.join("dynamodb.sqlite");
        let unusable = |detail: String| StartError::Store { detail };
        let database = dynoxide::Database::new(&file.to_string_lossy()).map_err(|error| unusable(error.to_string()))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(|error| unusable(error.to_string()))?;
        let address = listener.local_addr().map_err(|error| unusable(error.to_string()))?;
        let serving = tokio::spawn(dynoxide::server::serve_on(listener, database.clone()));
        let store = Self {
            client: client(address),
            address,
            database,
            serving,
        };
        tables::ensure(&store.client, &names.messages, &names.breakers)
            .await
            .map_err(|error| unusable(error.to_string()))?;
        Ok(store)
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The SDK wants credentials and a region; the database looks at neither.
fn client(address: SocketAddr) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(format!("http://{address}"))
        .region(Region::new(addresses::REGION))
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .build();
    Client::from_conf(config)
}
