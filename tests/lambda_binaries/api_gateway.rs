//! The binaries `web-api` and `authorizer` as API Gateway calls them: events of AWS's documentation go in, and what comes out
//! is what API Gateway takes. Skipped, with a word, where node, moto or the tools of `tests/tools/install` are missing.
//!
//! Sources of the events and of what an answer may be: API Gateway Developer Guide, "Create AWS Lambda proxy integrations for
//! HTTP APIs" and "Control access to HTTP APIs with AWS Lambda authorizers", format 2.0.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use functions::{Function, Invocation, InvokeError, Output, Settings, Stream};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sign_in::issuer::Issuer;
use crate::web_api::PUBLIC_URL;
use crate::web_api::moto::Moto;

const PROXY_EVENT: &str = include_str!("../data/api-gateway/proxy-event.json");
const AUTHORIZER_EVENT: &str = include_str!("../data/api-gateway/authorizer-event.json");

/// Shows what a function says where a test shows it.
struct Said;

impl Output for Said {
    fn line(&self, function: &str, _: Stream, line: &str) {
        eprintln!("{function}: {line}");
    }
}

struct World {
    issuer: Issuer,
    _moto: Moto,
    api: Function,
    authorizer: Function,
}

impl World {
    async fn new() -> Option<Self> {
        let (issuer, moto) = (Issuer::start()?, Moto::start()?);
        let mut environment = moto.settings(&issuer.url).await;
        let endpoint = moto.aws.endpoint_url().expect("moto has an address");
        let aws = [
            ("AWS_ENDPOINT_URL", endpoint),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_SESSION_TOKEN", "session"),
        ];
        environment.extend(aws.map(|(name, value)| (name.to_owned(), value.to_owned())));
        Some(Self {
            api: function("web-api", &environment),
            authorizer: function("authorizer", &environment),
            issuer,
            _moto: moto,
        })
    }

    async fn token(&self, scope: &str) -> String {
        let now = Timestamp::now().as_second();
        let token = json!({ "payload": {
            "iss": self.issuer.url, "sub": "ada", "client_id": "rez", "token_use": "access",
            "scope": scope, "iat": now, "exp": now + 3_600,
        } });
        format!("Bearer {}", self.issuer.sign(&token).await)
    }

    /// What API Gateway gets from the API.
    async fn asked(&self, method: &str, path: &str, change: impl FnOnce(&mut Value)) -> Value {
        let mut event: Value = serde_json::from_str(PROXY_EVENT).expect("an event");
        event["rawPath"] = json!(path);
        event["rawQueryString"] = json!("");
        event["requestContext"]["http"]["method"] = json!(method);
        event["requestContext"]["http"]["path"] = json!(path);
        event["headers"]["host"] = json!("rez.example.org");
        event["headers"]["x-forwarded-proto"] = json!("https");
        event.as_object_mut().expect("an object").remove("cookies");
        if method == "GET" {
            event.as_object_mut().expect("an object").remove("body");
        }
        change(&mut event);
        valid(invoke(&self.api, &event).await.expect("an answer"))
    }

    async fn authorized(&self, authorization: Option<&str>) -> Result<Value, InvokeError> {
        let mut event: Value = serde_json::from_str(AUTHORIZER_EVENT).expect("an event");
        if let Some(authorization) = authorization {
            event["headers"]["authorization"] = json!(authorization);
            event["identitySource"] = json!([authorization, "GET /api/messages"]);
        }
        invoke(&self.authorizer, &event).await
    }
}

fn function(name: &str, environment: &[(String, String)]) -> Function {
    let arn = format!("arn:aws:lambda:us-east-1:123456789012:function:{name}");
    let settings = Settings {
        timeout: Duration::from_secs(15),
        environment: environment.to_vec(),
        ..Settings::new(name, arn, tests::binary(name))
    };
    Function::new(settings, Arc::new(Said))
}

async fn invoke(function: &Function, event: &Value) -> Result<Value, InvokeError> {
    let invocation = Invocation {
        request_id: "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned(),
        payload: event.to_string(),
        trace: None,
        client_context: None,
    };
    let answer = function.invoke(invocation).await?;
    Ok(serde_json::from_str(&answer).expect("JSON"))
}

/// An answer that API Gateway takes as it is meant; anything else would be a 500, or would lose headers.
fn valid(answer: Value) -> Value {
    const FIELDS: [&str; 6] = [
        "statusCode",
        "headers",
        "multiValueHeaders",
        "cookies",
        "body",
        "isBase64Encoded",
    ];
    let fields = answer.as_object().expect("an object");
    assert!(fields.keys().all(|field| FIELDS.contains(&field.as_str())), "{answer}");
    assert!(
        answer["statusCode"]
            .as_u64()
            .is_some_and(|status| (200..600).contains(&status)),
        "{answer}"
    );
    let headers = answer["headers"].as_object().expect("headers");
    assert!(
        headers.values().all(Value::is_string) && !headers.contains_key("set-cookie"),
        "{answer}"
    );
    let many = answer["multiValueHeaders"].as_object();
    assert!(
        many.is_none_or(serde_json::Map::is_empty),
        "format 2.0 has none: {answer}"
    );
    let cookies = answer["cookies"].as_array().into_iter().flatten();
    assert!(cookies.into_iter().all(Value::is_string), "{answer}");
    assert!(answer["body"].is_null() || answer["body"].is_string(), "{answer}");
    if answer["isBase64Encoded"] == true {
        let body = answer["body"].as_str().unwrap_or_default();
        assert!(BASE64_STANDARD.decode(body).is_ok(), "{answer}");
    }
    answer
}

#[tokio::test]
async fn the_api_answers_api_gateway() {
    let Some(world) = World::new().await else { return };
    let as_documented: Value = serde_json::from_str(PROXY_EVENT).expect("an event");
    let unknown = valid(invoke(&world.api, &as_documented).await.expect("an answer"));
    assert!(
        unknown["statusCode"]
            .as_u64()
            .is_some_and(|status| (400..500).contains(&status)),
        "{unknown}"
    );

    let health = world.asked("GET", "/api/health", |_| {}).await;
    assert_eq!(health["statusCode"], 200, "{health}");
    let docs = world.asked("GET", "/docs", |_| {}).await;
    assert!(
        docs["body"].as_str().is_some_and(|page| page.contains("<html")),
        "{docs}"
    );

    let token = world.token("messages:read messages:write").await;
    let bearer = |event: &mut Value| {
        event["headers"]["authorization"] = json!(token);
        event["headers"]["content-type"] = json!("application/json");
    };
    let texts = [("plain", false), ("in base 64: grüße", true)];
    for (text, encoded) in texts {
        let sent = world
            .asked("POST", "/api/messages", |event| {
                bearer(event);
                let body = json!({ "body": text }).to_string();
                event["isBase64Encoded"] = json!(encoded);
                event["body"] = json!(if encoded { BASE64_STANDARD.encode(&body) } else { body });
            })
            .await;
        assert_eq!(sent["statusCode"], 202, "{sent}");
        let location = sent["headers"]["location"].as_str().expect("a location").to_owned();
        let path = location.strip_prefix(PUBLIC_URL).unwrap_or(&location).to_owned();
        let read = world.asked("GET", &path, bearer).await;
        assert_eq!(read["statusCode"], 200, "{read}");
    }
    // What API Gateway's authorizer has said is looked at by nobody: the token is.
    let without = world.asked("GET", "/api/messages", |_| {}).await;
    assert_eq!(without["statusCode"], 401, "{without}");

    let login = world.asked("GET", "/api/auth/login", |_| {}).await;
    let set = login["cookies"].as_array().map(Vec::len).unwrap_or_default();
    assert!(login["statusCode"] == 303 && set >= 1, "{login}");
    let begun = login["cookies"][0]
        .as_str()
        .and_then(|cookie| cookie.split(';').next())
        .unwrap_or_default()
        .to_owned();
    let browser = world.asked("GET", "/console/messages", |event| {
        event["cookies"] = json!([begun, "other=1"]);
        event["headers"]["accept"] = json!("text/html");
    });
    assert_eq!(
        browser.await["statusCode"],
        303,
        "a sign-in that has begun is none that has ended"
    );
}

#[tokio::test]
async fn the_authorizer_answers_api_gateway() {
    let Some(world) = World::new().await else { return };
    let refused = json!({ "isAuthorized": false, "context": {} });
    assert_eq!(world.authorized(None).await.expect("an answer"), refused);
    assert_eq!(
        world.authorized(Some("Bearer nonsense")).await.expect("an answer"),
        refused
    );
    let token = world.token("messages:read").await;
    let answer = world.authorized(Some(&token)).await.expect("an answer");
    assert_eq!(answer["isAuthorized"], true, "{answer}");
    let context = answer["context"].as_object().expect("a context");
    // Source: the context of a simple response has strings, numbers and booleans, nothing nested.
    assert!(
        context
            .values()
            .all(|value| value.is_string() || value.is_number() || value.is_boolean()),
        "{answer}"
    );
    assert_eq!(answer["context"]["scope"], "messages:read", "{answer}");
}
