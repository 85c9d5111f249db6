//! What the API offers.

use axum::Json;
use serde_json::{Value, json};

/// Method, address, and what it does.
pub(crate) const RESOURCES: [(&str, &str, &str); 10] = [
    ("POST", "/api/messages", "send a message: {\"body\": \"hello\"}"),
    ("GET", "/api/messages", "list messages: status, from, to, cursor, limit"),
    ("GET", "/api/messages/{id}", "read a message"),
    ("POST", "/api/messages/{id}/redrive", "send a dead letter again"),
    (
        "POST",
        "/api/messages/{id}/acknowledge",
        "say that you have seen it, to whom it was escalated: {} or {\"by\": \"Ada\"}",
    ),
    ("GET", "/api/dead-letters", "list dead letters: from, to, cursor, limit"),
    (
        "POST",
        "/api/dead-letters/redrive",
        "send dead letters again: {\"ids\": [...]} or {\"all\": true}, dry_run",
    ),
    ("GET", "/api/breakers", "list circuit breakers"),
    ("POST", "/api/breakers/{service}/reset", "close a circuit breaker"),
    ("GET", "/api/health", "whether messages can be accepted"),
];

/// `GET /api`.
pub(crate) async fn read() -> Json<Value> {
    let resources = RESOURCES.map(|(method, path, about)| json!({ "method": method, "path": path, "about": about }));
    Json(json!({ "resources": resources }))
}
