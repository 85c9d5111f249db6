//! The table of messages, taken away and given back: what happens when nothing can be recorded.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use server::Server;

const NAME: &str = "rez-agent-messages-dev";
const BREAKERS: &str = "rez-agent-circuit-breaker-dev";

/// The table of a running server.
pub(crate) struct MessageTable {
    client: Client,
}

impl MessageTable {
    pub(crate) fn of(server: &Server) -> Self {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(format!("http://{}", server.addresses.dynamodb))
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .build();
        Self {
            client: Client::from_conf(config),
        }
    }

    /// Deletes the table and every item.
    pub(crate) async fn delete(&self) {
        self.client.delete_table().table_name(NAME).send().await.unwrap();
    }

    /// Creates it anew, empty.
    pub(crate) async fn create(&self) {
        tables::ensure(&self.client, NAME, BREAKERS).await.unwrap();
    }
}
