//! Creating the tables where no template does.

use std::time::Duration;

use aws_sdk_dynamodb::{Client, client::Waiters, error::ProvideErrorMetadata, types::TimeToLiveSpecification};

use crate::{CIRCUIT_BREAKER, MESSAGES, TableDefinition, TableError, TableErrorKind};

/// Creates the two tables under these names if they are absent, and waits until they can be used.
///
/// A table that exists is left as it is. Two processes may do this at once.
pub async fn ensure(client: &Client, messages: &str, circuit_breaker: &str) -> Result<(), TableError> {
    table(client, messages, &MESSAGES).await?;
    table(client, circuit_breaker, &CIRCUIT_BREAKER).await
}

async fn table(client: &Client, name: &str, definition: &TableDefinition) -> Result<(), TableError> {
    let described = client.describe_table().table_name(name).send().await;
    if described.is_ok() {
        return Ok(());
    }
    create(client, name, definition).await?;
    let wait = client
        .wait_until_table_exists()
        .table_name(name)
        .wait(Duration::from_mins(1))
        .await;
    wait.map_err(|error| TableError::caused("DescribeTable", TableErrorKind::Unavailable, error))?;
    match definition.ttl {
        Some(attribute) => expire(client, name, attribute).await,
        None => Ok(()),
    }
}

async fn create(client: &Client, name: &str, definition: &TableDefinition) -> Result<(), TableError> {
    let request = definition
        .create(name)
        .map_err(|error| TableError::caused("CreateTable", TableErrorKind::Refused, error))?;
    let created = client
        .create_table()
        .set_table_name(request.table_name)
        .set_billing_mode(request.billing_mode)
        .set_attribute_definitions(request.attribute_definitions)
        .set_key_schema(request.key_schema)
        .set_global_secondary_indexes(request.global_secondary_indexes)
        .send()
        .await;
    match created {
        Ok(_) => Ok(()),
        // Another process was faster.
        Err(error) if error.code() == Some("ResourceInUseException") => Ok(()),
        Err(error) => Err(TableError::sdk("CreateTable", error)),
    }
}

async fn expire(client: &Client, name: &str, attribute: &str) -> Result<(), TableError> {
    let specification = TimeToLiveSpecification::builder()
        .enabled(true)
        .attribute_name(attribute)
        .build();
    let specification =
        specification.map_err(|error| TableError::caused("UpdateTimeToLive", TableErrorKind::Refused, error))?;
    let updated = client
        .update_time_to_live()
        .table_name(name)
        .time_to_live_specification(specification)
        .send()
        .await;
    match updated {
        Ok(_) => Ok(()),
        // It is enabled already: another process was faster.
        Err(error) if error.code() == Some("ValidationException") => Ok(()),
        Err(error) => Err(TableError::sdk("UpdateTimeToLive", error)),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::TimeToLiveStatus;

    use crate::testing::store;

    use super::*;

    #[tokio::test]
    async fn the_tables_are_made_once_with_indexes_and_expiry() {
        let client = store().await;
        for _ in 0..2 {
            ensure(&client, "messages", "breakers").await.unwrap();
        }
        let table = client
            .describe_table()
            .table_name("messages")
            .send()
            .await
            .unwrap()
            .table
            .unwrap();
        let mut indexes: Vec<_> = table
            .global_secondary_indexes()
            .iter()
            .filter_map(|index| index.index_name())
            .collect();
        indexes.sort_unstable();
        assert_eq!(
            indexes,
            ["owner-created_date", "stage-created_date", "status-created_date"]
        );
        let ttl = client
            .describe_time_to_live()
            .table_name("messages")
            .send()
            .await
            .unwrap();
        let ttl = ttl.time_to_live_description.unwrap();
        assert_eq!(ttl.time_to_live_status(), Some(&TimeToLiveStatus::Enabled));
        assert_eq!(ttl.attribute_name(), Some("ttl"));
    }
}
