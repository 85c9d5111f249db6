//! The document that describes the API.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::harness::Harness;
use crate::query::{Filters, MessageFilters, Page, ScheduleFilters};

async fn document() -> Value {
    let answer = Harness::new().await.get("/openapi.json").await;
    assert_eq!(answer.status, 200);
    answer.body
}

/// Method, path and description of each operation.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let each = paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (method.as_str(), path.as_str(), operation))
    });
    each.collect()
}

#[tokio::test]
async fn every_operation_says_what_it_does_and_how_it_refuses() {
    let document = document().await;
    assert_eq!(document["openapi"], "3.1.0");
    let operations = operations(&document);
    let ids: BTreeSet<_> = operations
        .iter()
        .map(|(_, _, operation)| operation["operationId"].to_string())
        .collect();
    assert_eq!(ids.len(), operations.len(), "{ids:?}");
    for (method, path, operation) in operations {
        assert!(
            operation["summary"].is_string() && operation["tags"][0].is_string(),
            "{method} {path}"
        );
        let takes_body = operation["requestBody"].is_object();
        for (status, expected) in [("400", true), ("500", true), ("413", takes_body), ("422", takes_body)] {
            assert_eq!(
                operation["responses"][status].is_object(),
                expected,
                "{method} {path} {status}"
            );
        }
    }
}

/// Every `$ref` leads somewhere, and every component is referred to.
#[tokio::test]
async fn no_schema_is_missing_and_none_is_left_over() {
    let document = document().await;
    let text = document.to_string();
    let schemas: BTreeSet<_> = document["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    let referred: BTreeSet<_> = text
        .split("\"#/components/schemas/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(schemas, referred);
    assert!(!text.contains("#/$defs/"));
}

/// The documented fields of what is created are the ones there are.
#[tokio::test]
async fn the_fields_of_requests_are_the_documented_ones() {
    let document = document().await;
    let api = Harness::new().await;
    for (path, name, body) in [
        ("/api/messages", "NewMessage", json!({ "body": "x", "no": 1 })),
        (
            "/api/schedules",
            "NewSchedule",
            json!({ "name": "x", "expression": "rate(1 day)", "message": { "body": "x" }, "no": 1 }),
        ),
        (
            "/api/schedules",
            "NewSchedule/properties/message",
            json!({ "name": "x", "expression": "rate(1 day)", "message": { "body": "x", "no": 1 } }),
        ),
    ] {
        let schema = document.pointer(&format!("/components/schemas/{name}")).unwrap();
        let refused = api.post(path, &body).await;
        let detail = refused.body["errors"][0]["detail"].as_str().unwrap();
        let known = detail.split("known are ").nth(1).unwrap().split(", ");
        let documented = schema["properties"].as_object().unwrap().keys().map(String::as_str);
        assert_eq!(known.collect::<BTreeSet<_>>(), documented.collect(), "{name}");
        for (field, schema) in schema["properties"].as_object().unwrap() {
            assert!(
                schema["description"].is_string() || schema["anyOf"][0]["description"].is_string(),
                "{name}: {field}"
            );
        }
    }
}

#[test]
fn the_parameters_of_lists_are_the_documented_ones() {
    fn names<T: Filters>() -> (BTreeSet<String>, BTreeSet<String>) {
        let schema = schemars::schema_for!(T);
        let documented = schema
            .get("properties")
            .unwrap()
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        (documented, T::NAMES.iter().map(|name| (*name).to_owned()).collect())
    }
    let (documented, read) = names::<MessageFilters>();
    assert_eq!(documented, read);
    let (documented, read) = names::<ScheduleFilters>();
    assert_eq!(documented, read);
    let (documented, read) = names::<Page>();
    assert_eq!(documented, read);
}
