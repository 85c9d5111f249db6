//! `dynamodb:getItem`, `putItem`, `updateItem`, `deleteItem`: the embedded DynamoDB.
//!
//! The parameters are those of DynamoDB's own operations, and so are the results and the errors. A call that is repeated
//! after a crash meets what its first attempt wrote, as on AWS: a condition may then fail that held before.
//!
//! Source: Step Functions developer guide, "Perform DynamoDB CRUD operations with Step Functions".

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Map, Value};

use super::{Answer, Call, TaskFailure, metadata};

/// How long an operation may take; each is a few reads and writes of a local file.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The operations that Step Functions offers, by the name of the action.
const OPERATIONS: [(&str, &str); 4] = [
    ("getItem", "GetItem"),
    ("putItem", "PutItem"),
    ("updateItem", "UpdateItem"),
    ("deleteItem", "DeleteItem"),
];

/// Errors that DynamoDB's API declares; every other one is an `AmazonDynamoDBException`.
///
/// Source: DynamoDB API reference, `PutItem`, "Errors"; error names of the SDK behind Step Functions.
const DECLARED: [&str; 9] = [
    "ConditionalCheckFailedException",
    "InternalServerError",
    "ItemCollectionSizeLimitExceededException",
    "ProvisionedThroughputExceededException",
    "ReplicatedWriteConflictException",
    "RequestLimitExceeded",
    "ResourceInUseException",
    "ResourceNotFoundException",
    "TransactionConflictException",
];

/// Where the database listens.
#[derive(Clone, Debug)]
pub(crate) struct DynamoDb {
    url: String,
    client: reqwest::Client,
}

impl DynamoDb {
    /// The listener is one of this machine: no proxy leads there, and no certificates are read for it.
    pub(crate) fn new(address: SocketAddr) -> Self {
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]);
        Self {
            url: format!("http://{address}/"),
            client: client.build().expect("nothing of the system is read for it"),
        }
    }

    /// The answer of an operation, or the error.
    async fn call(&self, operation: &str, parameters: &Map<String, Value>) -> Result<Map<String, Value>, TaskFailure> {
        let request = self
            .client
            .post(&self.url)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/x-amz-json-1.0")
            .header("X-Amz-Target", format!("DynamoDB_20120810.{operation}"))
            .header("X-Amz-Date", "20260101T000000Z")
            // The database wants a signature and looks at none.
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=local",
            )
            .body(Value::Object(parameters.clone()).to_string());
        let response = request.send().await.map_err(|error| unreachable(&error))?;
        let status = response.status().as_u16();
        let body = response.text().await.map_err(|error| unreachable(&error))?;
        let answer: Map<String, Value> = serde_json::from_str(&body).unwrap_or_default();
        if status == 200 {
            Ok(answer)
        } else {
            Err(refused(status, &answer))
        }
    }
}

/// Calls the operation of this action.
pub(super) async fn call_operation(call: Call<'_>, action: &str) -> Result<Answer, TaskFailure> {
    let operation = OPERATIONS.iter().find(|(offered, _)| *offered == action);
    let (_, operation) = operation.ok_or_else(|| {
        TaskFailure::runtime(format!(
            "Step Functions offers no action {action} of DynamoDB: getItem, putItem, updateItem and deleteItem"
        ))
    })?;
    let mut result = call
        .host
        .runners()
        .dynamodb
        .call(operation, &call.parameters()?)
        .await?;
    for members in ["Item", "Attributes"] {
        if let Some(Value::Object(item)) = result.get_mut(members) {
            item.sort_keys();
        }
    }
    let now = call.host.now();
    Ok(Answer::new(metadata::local_result(
        result,
        "application/x-amz-json-1.0",
        now,
    )))
}

fn refused(status: u16, answer: &Map<String, Value>) -> TaskFailure {
    let text = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| answer.get(*name).and_then(Value::as_str));
        found.unwrap_or_default()
    };
    let code = text(["__type", "__type"]).rsplit('#').next().unwrap_or_default();
    let declared = DECLARED.iter().find(|declared| **declared == code);
    let error = declared.map_or_else(
        || "AmazonDynamoDBException".to_owned(),
        |declared| match declared.strip_suffix("Exception") {
            Some(_) => (*declared).to_owned(),
            None => format!("{declared}Exception"),
        },
    );
    let request = uuid::Uuid::now_v7().to_string();
    TaskFailure::service(
        &format!("DynamoDB.{error}"),
        "AmazonDynamoDBv2",
        status,
        code,
        text(["message", "Message"]),
        &request,
    )
}

fn unreachable(error: &reqwest::Error) -> TaskFailure {
    let detail = if error.is_timeout() {
        "did not answer in time"
    } else {
        "cannot be reached"
    };
    TaskFailure::new(
        "DynamoDB.SdkClientException",
        format!("The database on this machine {detail}"),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::refused;

    #[test]
    fn an_error_has_the_name_that_step_functions_gives_it() {
        for (code, error) in [
            (
                "ConditionalCheckFailedException",
                "DynamoDB.ConditionalCheckFailedException",
            ),
            ("InternalServerError", "DynamoDB.InternalServerErrorException"),
            ("ValidationException", "DynamoDB.AmazonDynamoDBException"),
        ] {
            let answer = json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "m" });
            let failure = refused(400, answer.as_object().unwrap());
            assert_eq!(failure.error, error);
            let cause = format!("m (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: {code}; Request ID: ");
            assert!(failure.cause.starts_with(&cause), "{}", failure.cause);
        }
    }
}
