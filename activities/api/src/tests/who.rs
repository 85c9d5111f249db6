//! Who is let in, and what they see.

use authorizer::{OwnIssuer, Right};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use contracts::OutcomeStatus;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::harness::{Answer, Harness, posting};

const READ_AND_WRITE: &[Right] = &[Right::Read, Right::Write];

fn getting(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(
        (answer.status.as_u16(), &answer.body["code"]),
        (status, &json!(code)),
        "{}",
        answer.body
    );
}

/// The addresses that answer everybody; all others ask who comes.
const OPEN: [(&str, &str); 2] = [("get", "/api"), ("get", "/api/health")];

#[tokio::test]
async fn every_address_but_the_open_ones_asks_who_comes_and_says_so() {
    let harness = Harness::new().await;
    let document = harness.get("/openapi.json").await.body;
    let mut asked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let uri = path.replace(['{', '}'], "");
            let request = Request::builder().method(method.to_uppercase().as_str()).uri(uri);
            let answer = harness.ask_plainly(request.body(Body::empty()).unwrap()).await;
            if OPEN.contains(&(method, path)) {
                assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
                assert_eq!(operation["security"], json!([{}]), "{method} {path}");
                continue;
            }
            asked += 1;
            refused(&answer, 401, "unauthenticated");
            assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"rez\"");
            assert!(operation["security"][0]["token"].is_array(), "{method} {path}");
            assert!(operation["responses"]["401"].is_object(), "{method} {path}");
        }
    }
    assert!(asked > 10, "{asked}");
    assert!(harness.executions.inputs().is_empty());
}

#[tokio::test]
async fn a_token_that_is_not_ours_is_refused_and_never_quoted() {
    let harness = Harness::new().await;
    let other = OwnIssuer::new(&OwnIssuer::new_key().unwrap()).unwrap();
    let rights = [Right::Admin].into_iter().collect();
    let foreign = other
        .token("owner", rights, authorizer::Lifetime::REQUEST, super::harness::now())
        .unwrap();
    let ours = harness.token("ada", READ_AND_WRITE);
    let (head, _) = ours.rsplit_once('.').unwrap();
    for token in [
        secrecy::ExposeSecret::expose_secret(&foreign),
        "",
        "a.b.c",
        "nonsense",
        &"x".repeat(10_000),
        head,
        &format!("{head}."),
        &format!("{ours}A"),
    ] {
        let answer = harness.ask_as(token, getting("/api/messages")).await;
        refused(&answer, 401, "unauthenticated");
        assert!(
            token.is_empty() || !answer.body["detail"].to_string().contains(token),
            "{}",
            answer.body
        );
    }
    let basic = Request::get("/api/messages")
        .header("authorization", "Basic YTpi")
        .body(Body::empty())
        .unwrap();
    refused(&harness.ask_plainly(basic).await, 401, "unauthenticated");
    let twice = Request::get("/api/messages")
        .header("authorization", format!("Bearer {ours}"))
        .header("authorization", format!("Bearer {ours}"));
    refused(
        &harness.ask_plainly(twice.body(Body::empty()).unwrap()).await,
        401,
        "unauthenticated",
    );
    assert_eq!(
        harness.ask_as(&ours, getting("/api/messages")).await.status,
        StatusCode::OK
    );
    harness.clock.advance(SignedDuration::from_secs(3_600 + 60));
    let expired = harness.ask_as(&ours, getting("/api/messages")).await;
    refused(&expired, 401, "unauthenticated");
    assert!(
        expired.body["detail"].to_string().contains("expired"),
        "{}",
        expired.body
    );
}

#[tokio::test]
async fn a_right_that_is_missing_is_named() {
    let harness = Harness::new().await;
    let (reader, writer) = (harness.token("r", &[Right::Read]), harness.token("w", &[Right::Write]));
    let hello = || posting("/api/messages", json!({ "body": "hello" }).to_string());
    let reset = || posting("/api/breakers/x/reset", "{}");
    for (token, request, missing) in [
        (&reader, hello(), "messages:write"),
        (&writer, getting("/api/messages"), "messages:read"),
        (&writer, getting("/api/breakers"), "messages:read"),
        (&harness.token("both", READ_AND_WRITE), reset(), "admin"),
        (&harness.token("none", &[]), getting("/api/messages/x"), "messages:read"),
    ] {
        let answer = harness.ask_as(token, request).await;
        refused(&answer, 403, "forbidden");
        assert!(answer.body["detail"].to_string().contains(missing), "{}", answer.body);
    }
    assert_eq!(harness.ask_as(&writer, hello()).await.status, StatusCode::ACCEPTED);
}

/// Sends a message as somebody; its id.
async fn send(harness: &Harness, token: &str, body: Value) -> String {
    let answer = harness.ask_as(token, posting("/api/messages", body.to_string())).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
    answer.body["message_id"].as_str().unwrap().to_owned()
}

fn ids(answer: &Answer, list: &str) -> Vec<String> {
    let listed = answer.body[list]
        .as_array()
        .unwrap_or_else(|| panic!("{}", answer.body));
    listed
        .iter()
        .map(|one| one["message_id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn somebody_elses_message_is_as_if_there_were_none() {
    let harness = Harness::new().await;
    let (ada, bob) = (
        harness.token("ada", READ_AND_WRITE),
        harness.token("bob", READ_AND_WRITE),
    );
    let id = send(&harness, &ada, json!({ "body": "for ada" })).await;
    assert_eq!(harness.executions.inputs()[&id].owner.as_deref(), Some("local:ada"));
    let path = format!("/api/messages/{id}");
    // Before its item is written, and afterwards.
    for carried in [false, true] {
        if carried {
            harness.carried(&id, OutcomeStatus::Failed).await;
        }
        assert_eq!(harness.ask_as(&ada, getting(&path)).await.body["owner"], "local:ada");
        let unseen = harness.ask_as(&bob, getting(&path)).await;
        refused(&unseen, 404, "not_found");
        let none = harness.ask_as(&bob, getting("/api/messages/none")).await;
        assert_eq!(unseen.body["detail"], none.body["detail"]);
    }
    let redrive = || posting(&format!("{path}/redrive"), "");
    refused(&harness.ask_as(&bob, redrive()).await, 404, "not_found");
    let some = json!({ "ids": [id] }).to_string();
    let bulk = harness.ask_as(&bob, posting("/api/dead-letters/redrive", some)).await;
    assert_eq!(bulk.body["refused"][0]["code"], "not_found", "{}", bulk.body);
    let all = || posting("/api/dead-letters/redrive", json!({ "all": true }).to_string());
    assert_eq!(harness.ask_as(&bob, all()).await.body["redriven"], json!([]));
    assert_eq!(harness.executions.inputs().len(), 1, "nothing was started");

    let own = harness.ask_as(&ada, all()).await;
    assert_eq!(own.body["redriven"][0]["message_id"], id, "{}", own.body);
}

#[tokio::test]
async fn lists_show_ones_own_and_everybodys_to_administrators() {
    let harness = Harness::new().await;
    let (ada, bob) = (
        harness.token("ada", READ_AND_WRITE),
        harness.token("bob", READ_AND_WRITE),
    );
    let failed = send(&harness, &ada, json!({ "body": "one" })).await;
    let completed = send(&harness, &ada, json!({ "body": "two" })).await;
    let bobs = send(&harness, &bob, json!({ "body": "three" })).await;
    for (id, end) in [
        (&failed, OutcomeStatus::Failed),
        (&completed, OutcomeStatus::Completed),
        (&bobs, OutcomeStatus::Failed),
    ] {
        harness.carried(id, end).await;
    }
    let listed = async |token: &str, path: &str, list: &str| {
        let mut ids = ids(&harness.ask_as(token, getting(path)).await, list);
        ids.sort();
        ids
    };
    let sorted = |list: &[&String]| {
        let mut list: Vec<String> = list.iter().map(|id| (*id).clone()).collect();
        list.sort();
        list
    };
    let messages = "/api/messages";
    assert_eq!(listed(&ada, messages, "messages").await, sorted(&[&failed, &completed]));
    assert_eq!(listed(&bob, messages, "messages").await, sorted(&[&bobs]));
    assert_eq!(
        listed(&ada, "/api/messages?status=failed", "messages").await,
        sorted(&[&failed])
    );
    assert_eq!(
        listed(&ada, "/api/dead-letters", "dead_letters").await,
        sorted(&[&failed])
    );
    let admin = harness.token("root", &[Right::Admin]);
    assert_eq!(
        listed(&admin, messages, "messages").await,
        sorted(&[&failed, &completed, &bobs])
    );
    assert_eq!(
        listed(&admin, "/api/dead-letters", "dead_letters").await,
        sorted(&[&failed, &bobs])
    );
}

#[tokio::test]
async fn a_cursor_of_somebody_elses_list_shows_nothing_of_theirs() {
    let harness = Harness::new().await;
    let (ada, bob) = (
        harness.token("ada", READ_AND_WRITE),
        harness.token("bob", READ_AND_WRITE),
    );
    for body in ["one", "two", "three"] {
        let id = send(&harness, &ada, json!({ "body": body })).await;
        harness.carried(&id, OutcomeStatus::Completed).await;
    }
    let page = harness.ask_as(&ada, getting("/api/messages?limit=1")).await;
    let cursor = page.body["next_cursor"].as_str().unwrap();
    let path = format!("/api/messages?cursor={cursor}");
    assert_eq!(ids(&harness.ask_as(&ada, getting(&path)).await, "messages").len(), 2);
    assert!(ids(&harness.ask_as(&bob, getting(&path)).await, "messages").is_empty());
}

#[tokio::test]
async fn two_peoples_equal_keys_are_two_messages() {
    let harness = Harness::new().await;
    let body = json!({ "body": "hello", "dedup_key": "k" });
    let mut sent = Vec::new();
    for name in ["ada", "bob", "ada"] {
        sent.push(send(&harness, &harness.token(name, &[Right::Write]), body.clone()).await);
    }
    assert_eq!(sent[0], sent[2]);
    assert_ne!(sent[0], sent[1]);
}
