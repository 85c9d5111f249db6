//! The API as a Lambda function: events of API Gateway in, answers out, with moto behind it and an issuer of tests before it.
//! Skipped, with a word, where node, moto or the tools of `tests/tools/install` are missing.

mod gateway;
mod history;
pub(crate) mod moto;

use std::time::Duration;

use authorizer::{Access, Purpose, Right, Seal, Session};
use contracts::{Execution, Message, Status};
use jiff::Timestamp;
use serde_json::{Value, json};
use tables::{MessageItem, Messages};

use crate::sign_in::issuer::Issuer;
use gateway::Gateway;
use moto::{KEY, Moto};

pub(crate) const PUBLIC_URL: &str = "https://rez.example.org";

/// The function behind its door.
struct World {
    issuer: Issuer,
    moto: Moto,
    gateway: Gateway,
}

impl World {
    async fn new() -> Option<Self> {
        let (issuer, moto) = (Issuer::start()?, Moto::start()?);
        let environment = moto.prepared(&issuer.url).await;
        let router = web_api::on_aws(&environment, &moto.aws).await.expect("it starts");
        Some(Self {
            issuer,
            moto,
            gateway: Gateway::new(router),
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

    fn messages(&self) -> Messages {
        Messages::new(aws_sdk_dynamodb::Client::new(&self.moto.aws), moto::MESSAGES)
    }
}

/// The cookie of somebody who has signed in.
fn cookie() -> String {
    let access = Access {
        subject: "ada".to_owned(),
        rights: [Right::Read, Right::Write].into_iter().collect(),
        until: Timestamp::now().as_second() + 3_600,
    };
    let seal = Seal::new(&KEY).expect("the key is long enough");
    let session = Session::new(access, Timestamp::now());
    let sealed = seal.seal(Purpose::Session, &session).expect("it is sealed");
    format!("__Host-rez_session={sealed}")
}

#[tokio::test]
async fn what_is_open_answers_anybody_and_everything_else_asks_who_comes() {
    let Some(world) = World::new().await else { return };
    let health = world.gateway.get("/api/health", &[]).await;
    assert_eq!(health.status, 200, "{}", health.body);
    let document: Value = serde_json::from_str(&world.gateway.get("/openapi.json", &[]).await.body).expect("JSON");
    assert!(document["paths"]["/api/messages"]["post"].is_object(), "{document}");
    assert_eq!(world.gateway.get("/docs", &[]).await.status, 200);

    let refused = world.gateway.get("/api/messages", &[]).await;
    assert_eq!(refused.status, 401, "{}", refused.body);
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    let page = world.gateway.get("/console/messages", &[("accept", "text/html")]).await;
    assert_eq!(page.status, 303, "{}", page.body);
    assert!(
        page.header("location")
            .is_some_and(|to| to.contains("sign-in") || to.contains("/api/auth/login"))
    );
    assert_eq!(page.header("strict-transport-security"), Some("max-age=31536000"));
}

#[tokio::test]
async fn a_message_is_sent_with_a_token_and_told_to_whoever_watches() {
    let Some(world) = World::new().await else { return };
    let token = world.token("messages:read messages:write").await;
    let bearer = [("authorization", token.as_str()), ("content-type", "application/json")];
    let sent = world
        .gateway
        .post("/api/messages", &bearer, r#"{"body":"hello"}"#)
        .await;
    assert_eq!(sent.status, 202, "{}", sent.body);
    let sent: Value = serde_json::from_str(&sent.body).expect("JSON");
    let id = sent["id"]
        .as_str()
        .or(sent["message_id"].as_str())
        .expect("its id")
        .to_owned();
    let read = world.gateway.get(&format!("/api/messages/{id}"), &bearer).await;
    assert_eq!(read.status, 200, "its execution tells of it: {}", read.body);

    let first = world.gateway.get("/api/events", &bearer).await;
    assert_eq!(
        first.header("content-type"),
        Some("text/event-stream"),
        "{}",
        first.body
    );
    assert!(first.body.contains("retry: 3000"), "{}", first.body);
    let place = first
        .body
        .lines()
        .find_map(|line| line.strip_prefix("id: "))
        .expect("a place")
        .to_owned();
    let message: Message = serde_json::from_value(json!({ "body": "hello", "owner": "ada" })).expect("a message");
    let now = Timestamp::now();
    let execution = Execution {
        arn: format!("{}:{id}", moto::MACHINE.replace(":stateMachine:", ":execution:")),
        name: id.clone(),
        started_at: now,
    };
    let item = MessageItem::new("dev", Status::Processing, message, execution, now);
    world.messages().put(&item).await.expect("it is written");
    let watching = [("authorization", token.as_str()), ("last-event-id", place.as_str())];
    let told = world.gateway.get("/api/events", &watching).await;
    assert!(
        told.body.contains("event: message") && told.body.contains(&id),
        "{}",
        told.body
    );
    let made_up = [("authorization", token.as_str()), ("last-event-id", "nowhere")];
    let told = world.gateway.get("/api/events", &made_up).await;
    assert!(told.body.contains("event: reset"), "{}", told.body);

    let others = world.token("messages:read").await;
    let may_not = [("authorization", others.as_str()), ("content-type", "application/json")];
    assert_eq!(
        world
            .gateway
            .post("/api/messages", &may_not, r#"{"body":"no"}"#)
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn pages_are_let_in_by_their_cookie_and_a_sign_in_sets_one() {
    let Some(world) = World::new().await else { return };
    let cookie = cookie();
    let page = world.gateway.browse("/console/messages", &[&cookie]).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("<html"), "{}", page.body);
    let health = world.gateway.browse("/console/health", &[&cookie]).await;
    assert_eq!(health.status, 200, "{}", health.body);
    assert_eq!(
        world.gateway.browse("/", &[&cookie]).await.header("location"),
        Some("/console")
    );
    let forged = cookie.replace("session=", "session=x");
    assert_eq!(world.gateway.browse("/console/messages", &[&forged]).await.status, 303);

    let login = world.gateway.browse("/api/auth/login", &[]).await;
    assert_eq!(login.status, 303, "{}", login.body);
    assert!(
        login
            .header("location")
            .is_some_and(|to| to.starts_with(&world.issuer.url))
    );
    assert!(
        login.cookies.iter().any(|set| set.starts_with("__Host-rez_login=")),
        "{:?}",
        login.cookies
    );
}

#[tokio::test]
async fn without_a_good_key_it_does_not_start_and_says_why() {
    let Some(moto) = Moto::start() else { return };
    let environment = moto.prepared("http://127.0.0.1:9").await;
    for (value, word) in [("c2hvcnQ=", "32 random bytes"), ("not base64 at all", "as base64")] {
        moto.put_key(value).await;
        let error = web_api::on_aws(&environment, &moto.aws)
            .await
            .expect_err("it is no key")
            .to_string();
        assert!(error.contains(word) && error.contains(moto::KEY_PARAMETER), "{error}");
        assert!(!error.contains(value), "{error}");
    }
    moto.remove_key().await;
    let error = web_api::on_aws(&environment, &moto.aws)
        .await
        .expect_err("there is no key")
        .to_string();
    assert!(
        error.contains(moto::KEY_PARAMETER) && error.contains("infra/aws/secrets"),
        "{error}"
    );
}

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_mins(1);
