//! Tasks that read and write items.

use serde_json::{Value, json};

use crate::support::{Client, jsonata, server};

const TABLE: &str = "rez-agent-circuit-breaker-dev";

/// What a task with this action and these arguments gives, or its error and cause.
async fn call(client: &Client, name: &str, action: &str, mut arguments: Value) -> Result<Value, (String, String)> {
    if arguments.get("TableName").is_none() {
        arguments["TableName"] = json!(TABLE);
    }
    let task = json!({
        "Type": "Task", "Resource": format!("arn:aws:states:::dynamodb:{action}"), "Arguments": arguments, "End": true,
    });
    let arn = client.create(name, &jsonata("Call", json!({ "Call": task }))).await;
    let execution = client.start(&arn, "e", "{}").await;
    let ended = client.ended(&execution).await;
    let text = |member: &str| ended[member].as_str().unwrap_or_default().to_owned();
    match ended["status"].as_str() {
        Some("SUCCEEDED") => Ok(serde_json::from_str(&text("output")).unwrap()),
        _ => Err((text("error"), text("cause"))),
    }
}

#[tokio::test]
async fn an_item_is_written_read_changed_and_removed() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let key = json!({ "service_name": { "S": "größe" } });
    let item = json!({ "service_name": { "S": "größe" }, "n": { "N": "1" }, "tags": { "L": [{ "S": "a" }] } });

    let put = call(&client, "put", "putItem", json!({ "Item": item })).await.unwrap();
    assert_eq!(put["SdkHttpMetadata"]["HttpStatusCode"], 200);
    let read = json!({ "Key": key, "ConsistentRead": true });
    assert_eq!(
        call(&client, "get", "getItem", read.clone()).await.unwrap()["Item"],
        item
    );

    let changes = json!({
        "Key": key, "ReturnValues": "ALL_NEW", "UpdateExpression": "ADD #n :n",
        "ExpressionAttributeNames": { "#n": "n" }, "ExpressionAttributeValues": { ":n": { "N": "2" } },
    });
    let updated = call(&client, "update", "updateItem", changes).await.unwrap();
    assert_eq!(updated["Attributes"]["n"], json!({ "N": "3" }));

    let removed = json!({ "Key": key, "ReturnValues": "ALL_OLD" });
    let removed = call(&client, "delete", "deleteItem", removed).await.unwrap();
    assert_eq!(removed["Attributes"]["n"], json!({ "N": "3" }));
    assert_eq!(call(&client, "again", "getItem", read).await.unwrap().get("Item"), None);
    server.shutdown().await;
}

#[tokio::test]
async fn errors_have_the_names_that_aws_gives_them() {
    let directory = tempfile::tempdir().unwrap();
    let (server, client) = server(directory.path()).await;
    let item = json!({ "service_name": { "S": "d" } });
    let fresh = json!({ "Item": item, "ConditionExpression": "attribute_not_exists(service_name)" });
    call(&client, "first", "putItem", fresh.clone()).await.unwrap();
    let cases = [
        (
            "second",
            fresh,
            "ConditionalCheckFailedException",
            "The conditional request failed (Service: AmazonDynamoDBv2;",
        ),
        (
            "nowhere",
            json!({ "Item": item, "TableName": "nowhere" }),
            "ResourceNotFoundException",
            "Status Code: 400;",
        ),
        (
            "keyless",
            json!({ "Item": { "x": { "S": "y" } } }),
            "AmazonDynamoDBException",
            "Error Code: ValidationException;",
        ),
        (
            "untyped",
            json!({ "Item": { "service_name": "d" } }),
            "AmazonDynamoDBException",
            "Error Code: SerializationException;",
        ),
    ];
    for (name, arguments, error, words) in cases {
        let (found, cause) = call(&client, name, "putItem", arguments).await.unwrap_err();
        assert_eq!(found, format!("DynamoDB.{error}"), "{cause}");
        assert!(cause.contains(words), "{cause}");
    }
    server.shutdown().await;
}
