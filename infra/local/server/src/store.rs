//! The embedded DynamoDB: dynoxide, the SDK's client for it, and a loopback port for whoever wants to look into it.
//!
//! The file is opened twice. Our own client calls one of the two in this process and shares fsyncs; the port serves the
//! other, which syncs each write by itself.

mod embedded;
mod operations;
mod port;

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_smithy_runtime_api::client::auth::AuthSchemeId;
use axum::Router;
use tables::Messages;
use tables::breaker::{Breakers, Thresholds};
use tokio::net::TcpListener;

use crate::{StartError, addresses};
use embedded::Embedded;

/// The running database.
pub(crate) struct Store {
    pub(crate) client: Client,
    database: dynoxide::Database,
}

/// The port for whoever wants to look into the database with the AWS CLI: to be served by the server, as its others are.
pub(crate) struct Port {
    pub(crate) listener: TcpListener,
    pub(crate) router: Router,
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
    pub(crate) async fn open(data_dir: &Path, names: &TableNames) -> Result<(Self, Port), StartError> {
        let file = data_dir.join("dynamodb.sqlite");
        let unusable = |detail: String| StartError::Store { detail };
        let open = || dynoxide::Database::new(&file.to_string_lossy());
        let database = open().map_err(|error| unusable(error.to_string()))?;
        let served = open().map_err(|error| unusable(error.to_string()))?;
        let embedded = Embedded::new(&file, database.clone()).map_err(unusable)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(|error| unusable(error.to_string()))?;
        let store = Self {
            client: client(embedded),
            database,
        };
        tables::ensure(&store.client, &names.messages, &names.breakers)
            .await
            .map_err(|error| unusable(error.to_string()))?;
        let router = port::router(served);
        Ok((store, Port { listener, router }))
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

/// The SDK wants an address and a region; nobody looks at them, nor at a signature.
fn client(embedded: Embedded) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(embedded)
        .endpoint_url("http://localhost")
        .region(Region::new(addresses::REGION))
        .allow_no_auth()
        .auth_scheme_preference([AuthSchemeId::new("no_auth")])
        .build();
    Client::from_conf(config)
}
