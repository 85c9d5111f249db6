//! DynamoDB's operations, as the SDK's client of this process calls them.

use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An operation: the body of its request in, the body of its answer out.
type Operation = fn(&Database, &[u8]) -> Result<String, DynoxideError>;

/// An operation by its name in `X-Amz-Target`, whether it only reads, and what does it.
const OPERATIONS: [(&str, bool, Operation); 9] = [
    ("GetItem", true, |db, body| run(body, |request| db.get_item(request))),
    ("Query", true, |db, body| run(body, |request| db.query(request))),
    ("Scan", true, |db, body| run(body, |request| db.scan(request))),
    ("DescribeTable", true, |db, body| {
        run(body, |request| db.describe_table(request))
    }),
    ("PutItem", false, |db, body| run(body, |request| db.put_item(request))),
    ("UpdateItem", false, |db, body| {
        run(body, |request| db.update_item(request))
    }),
    ("DeleteItem", false, |db, body| {
        run(body, |request| db.delete_item(request))
    }),
    ("CreateTable", false, |db, body| {
        run(body, |request| db.create_table(request))
    }),
    ("UpdateTimeToLive", false, |db, body| {
        run(body, |request| db.update_time_to_live(request))
    }),
];

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

/// Performs a request. `target` is `DynamoDB_20120810.` and the operation.
pub(super) fn perform(database: &Database, target: &str, body: &[u8]) -> Done {
    let name = target.rsplit('.').next().unwrap_or_default();
    let Some((_, read_only, operation)) = OPERATIONS.iter().find(|(known, ..)| *known == name) else {
        let refused = DynoxideError::SerializationException(format!("{target} is not called in this process"));
        return failed(&refused, true);
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
