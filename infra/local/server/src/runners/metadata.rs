//! The metadata that the SDK behind Step Functions adds to every answer.
//!
//! Source: recorded histories. `AllHttpHeaders` holds lists, `HttpHeaders` texts.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// Adds `SdkHttpMetadata` and `SdkResponseMetadata` of an answer with status 200 to a result.
pub(crate) fn add(result: &mut Map<String, Value>, headers: &[(&str, String)], request_id: &str) {
    let single: Map<String, Value> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    let all: Map<String, Value> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!([value])))
        .collect();
    result.insert(
        "SdkHttpMetadata".to_owned(),
        json!({ "AllHttpHeaders": all, "HttpHeaders": single, "HttpStatusCode": 200 }),
    );
    result.insert("SdkResponseMetadata".to_owned(), json!({ "RequestId": request_id }));
}

/// The headers of an answer that a local service gives.
pub(crate) fn local_headers(
    content_type: &str,
    length: usize,
    request_id: &str,
    now: Timestamp,
) -> Vec<(&'static str, String)> {
    vec![
        ("x-amzn-RequestId", request_id.to_owned()),
        ("connection", "keep-alive".to_owned()),
        ("Content-Length", length.to_string()),
        ("Date", http_date(now)),
        ("Content-Type", content_type.to_owned()),
    ]
}

/// A date as HTTP writes it. Source: RFC 9110, section 5.6.7.
fn http_date(now: Timestamp) -> String {
    now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A result of a local service with its metadata, as JSON text.
pub(crate) fn local_result(mut result: Map<String, Value>, content_type: &str, now: Timestamp) -> String {
    let request_id = uuid::Uuid::now_v7().to_string();
    let length = Value::Object(result.clone()).to_string().len();
    add(
        &mut result,
        &local_headers(content_type, length, &request_id, now),
        &request_id,
    );
    Value::Object(result).to_string()
}
