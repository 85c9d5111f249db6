//! The tables as data: what creates them on one machine, and what the template is held against.

use aws_sdk_dynamodb::{
    error::BuildError,
    operation::create_table::CreateTableInput,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
        ScalarAttributeType,
    },
};

/// A table. All its key attributes are strings, it is billed on demand, and its indexes project whole items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableDefinition {
    /// The partition key; no table has a sort key.
    pub key: &'static str,
    /// Its global secondary indexes.
    pub indexes: &'static [IndexDefinition],
    /// The attribute that holds when an item expires, in seconds since 1970.
    pub ttl: Option<&'static str>,
}

/// A global secondary index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexDefinition {
    /// Its name.
    pub name: &'static str,
    /// Its partition key.
    pub partition: &'static str,
    /// Its sort key.
    pub sort: &'static str,
}

/// The table of messages.
pub const MESSAGES: TableDefinition = TableDefinition {
    key: "message_id",
    indexes: &[
        IndexDefinition {
            name: "stage-created_date",
            partition: "stage",
            sort: "created_date",
        },
        IndexDefinition {
            name: "status-created_date",
            partition: "status",
            sort: "created_date",
        },
        IndexDefinition {
            name: "owner-created_date",
            partition: "owner",
            sort: "created_date",
        },
    ],
    ttl: Some("ttl"),
};

/// The table of circuit breakers, one item per service.
pub const CIRCUIT_BREAKER: TableDefinition = TableDefinition {
    key: "service_name",
    indexes: &[],
    ttl: None,
};

impl TableDefinition {
    /// The request that creates the table under this name.
    pub(crate) fn create(&self, name: &str) -> Result<CreateTableInput, BuildError> {
        let indexes = self
            .indexes
            .iter()
            .map(IndexDefinition::index)
            .collect::<Result<Vec<_>, _>>()?;
        CreateTableInput::builder()
            .table_name(name)
            .billing_mode(BillingMode::PayPerRequest)
            .set_attribute_definitions(Some(self.attributes()?))
            .key_schema(key(self.key, KeyType::Hash)?)
            // DynamoDB refuses an empty list.
            .set_global_secondary_indexes((!indexes.is_empty()).then_some(indexes))
            .build()
    }

    fn attributes(&self) -> Result<Vec<AttributeDefinition>, BuildError> {
        let indexed = self.indexes.iter().flat_map(|index| [index.partition, index.sort]);
        let names: std::collections::BTreeSet<_> = indexed.chain([self.key]).collect();
        let define = |name| {
            AttributeDefinition::builder()
                .attribute_name(name)
                .attribute_type(ScalarAttributeType::S)
                .build()
        };
        names.into_iter().map(define).collect()
    }
}

impl IndexDefinition {
    fn index(&self) -> Result<GlobalSecondaryIndex, BuildError> {
        GlobalSecondaryIndex::builder()
            .index_name(self.name)
            .key_schema(key(self.partition, KeyType::Hash)?)
            .key_schema(key(self.sort, KeyType::Range)?)
            .projection(Projection::builder().projection_type(ProjectionType::All).build())
            .build()
    }
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, BuildError> {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build()
}
