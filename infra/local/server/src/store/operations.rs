//! DynamoDB's operations, for the SDK's client of this process and for the port.

use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An operation: the body of its request in, the body of its answer out.
type Operation = fn(&Database, &[u8]) -> Result<String, DynoxideError>;

/// An operation by its name in `X-Amz-Target`, whether it only reads, and the method of the database that does it.
macro_rules! operations {
    ($($name:literal $reads:literal $method:ident,)*) => {
        [$(($name, $reads, |db, body| run(body, |request| db.$method(request)))),*]
    };
}

/// Every operation that the database knows.
#[rustfmt::skip] // One line is one row of the table.
const OPERATIONS: [(&str, bool, Operation); 27] = operations! {
    "BatchExecuteStatement" false batch_execute_statement,
    "BatchGetItem" true batch_get_item,
    "BatchWriteItem" false batch_write_item,
    "CreateTable" false create_table,
    "DeleteItem" false delete_item,
    "DeleteTable" false delete_table,
    "DescribeStream" true describe_stream,
    "DescribeTable" true describe_table,
    "DescribeTimeToLive" true describe_time_to_live,
    "ExecuteStatement" false execute_statement,
    "ExecuteTransaction" false execute_transaction,
    "GetItem" true get_item,
    "GetRecords" true get_records,
    "GetShardIterator" true get_shard_iterator,
    "ListStreams" true list_streams,
    "ListTables" true list_tables,
    "ListTagsOfResource" true list_tags_of_resource,
    "PutItem" false put_item,
    "Query" true query,
    "Scan" true scan,
    "TagResource" false tag_resource,
    "TransactGetItems" true transact_get_items,
    "TransactWriteItems" false transact_write_items,
    "UntagResource" false untag_resource,
    "UpdateItem" false update_item,
    "UpdateTable" false update_table,
    "UpdateTimeToLive" false update_time_to_live,
};

/// What a request came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Done {
    /// The status of HTTP.
    pub(super) status: u16,
    /// The answer or the error, as DynamoDB writes it.
    pub(super) body: String,
    /// Nothing was written.
    pub(super) read_only: bool,
}

/// What DynamoDB says of an operation that it does not have.
const UNKNOWN: &str = r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#;

/// Performs a request. `target` is `DynamoDB_20120810.` and the operation.
pub(super) fn perform(database: &Database, target: &str, body: &[u8]) -> Done {
    let name = target.rsplit('.').next().unwrap_or_default();
    let Some((_, read_only, operation)) = OPERATIONS.iter().find(|(known, ..)| *known == name) else {
        return Done {
            status: 400,
            body: UNKNOWN.to_owned(),
            read_only: true,
        };
    };
    match operation(database, body) {
        Ok(body) => Done {
            status: 200,
            body,
            read_only: *read_only,
        },
        Err(error) => failed(&error, *read_only),
    }
}

fn failed(error: &DynoxideError, read_only: bool) -> Done {
    Done {
        status: error.status_code(),
        body: error.to_json(),
        read_only,
    }
}

fn run<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    call: impl FnOnce(Q) -> Result<A, DynoxideError>,
) -> Result<String, DynoxideError> {
    let request =
        serde_json::from_slice(body).map_err(|error| DynoxideError::SerializationException(error.to_string()))?;
    serde_json::to_string(&call(request)?).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

#[cfg(test)]
mod tests {
    use dynoxide::Database;

    use super::perform;

    #[test]
    fn what_is_no_operation_or_no_request_is_refused_in_the_shape_of_dynamodb() {
        let database = Database::memory().unwrap();
        for (target, body) in [
            ("DynamoDB_20120810.Nonsense", "{}"),
            ("", "{}"),
            ("DynamoDB_20120810.PutItem", "no JSON"),
            (
                "DynamoDB_20120810.GetItem",
                r#"{"TableName":"absent","Key":{"a":{"S":"b"}}}"#,
            ),
        ] {
            let done = perform(&database, target, body.as_bytes());
            assert_eq!(done.status, 400, "{target}");
            assert!(done.body.contains("__type"), "{target}: {}", done.body);
        }
    }
}
