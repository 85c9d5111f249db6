//! The document that describes the API.

use serde_json::Value;

use super::harness::Harness;

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
async fn it_is_the_api_that_it_describes() {
    let document = document().await;
    assert_eq!(document["openapi"], "3.1.0");
    std::fs::write("/tmp/openapi.json", document.to_string()).unwrap();
}
