//! API Gateway, as far as a function sees it: events of format 2.0 go in, answers come out.
//!
//! Source: API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs".

use std::sync::Arc;

use axum::Router;
use lambda_http::lambda_runtime::LambdaEvent;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Context, Service as _};
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// The function's router behind the conversion of `lambda_http`.
pub(super) struct Gateway(Arc<Mutex<Router>>);

/// What a browser gets.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
    pub(super) cookies: Vec<String>,
    headers: Value,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers[name].as_str()
    }
}

impl Gateway {
    pub(super) fn new(router: Router) -> Self {
        Self(Arc::new(Mutex::new(router)))
    }

    pub(super) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask("GET", path, headers, &[], "").await
    }

    pub(super) async fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.ask("POST", path, headers, &[], body).await
    }

    /// A browser looks at a page.
    pub(super) async fn browse(&self, path: &str, cookies: &[&str]) -> Answer {
        let navigates = [
            ("accept", "text/html"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-site", "none"),
        ];
        self.ask("GET", path, &navigates, cookies, "").await
    }

    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], cookies: &[&str], body: &str) -> Answer {
        let mut event = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": "",
            "headers": { "host": "rez.example.org", "x-forwarded-proto": "https", "x-forwarded-port": "443" },
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "api-id",
                "domainName": "rez.example.org",
                "domainPrefix": "rez",
                "http": {
                    "method": method, "path": path, "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1", "userAgent": "agent",
                },
                "requestId": "id",
                "routeKey": "$default",
                "stage": "$default",
                "time": "01/Dec/2026:12:00:00 +0000",
                "timeEpoch": 1_796_126_400_000_i64,
            },
            "isBase64Encoded": false,
        });
        for (name, value) in headers {
            event["headers"][*name] = json!(value);
        }
        if !cookies.is_empty() {
            event["cookies"] = json!(cookies);
        }
        if !body.is_empty() {
            event["body"] = json!(body);
        }
        let request: LambdaRequest = serde_json::from_str(&event.to_string()).expect("an event of format 2.0");
        let mut function = Adapter::from(self.0.lock().await.clone());
        let answered = function.call(LambdaEvent::new(request, Context::default()));
        let answered = tokio::time::timeout(super::PATIENCE, answered).await.expect("in time");
        let answered = serde_json::to_value(answered.expect("an answer")).expect("JSON");
        answer(&answered)
    }
}

fn answer(answered: &Value) -> Answer {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    assert_ne!(answered["isBase64Encoded"], true, "{answered}");
    Answer {
        status: answered["statusCode"]
            .as_u64()
            .and_then(|code| code.try_into().ok())
            .expect("a status"),
        body: text(&answered["body"]),
        cookies: answered["cookies"].as_array().into_iter().flatten().map(text).collect(),
        headers: answered["headers"].clone(),
    }
}
