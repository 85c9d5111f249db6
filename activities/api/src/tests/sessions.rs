//! Browsers: a link becomes a session, a session's forms show that they are ours.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::harness::{Answer, Harness, now, posting};

/// The path and query of a new sign-in link.
fn link(harness: &Harness) -> String {
    let link = harness.entrance.sign_in_link(now());
    let path = link.expose_secret().strip_prefix("http://127.0.0.1:8080").unwrap();
    path.to_owned()
}

async fn open(harness: &Harness, path: &str) -> Answer {
    harness
        .ask_plainly(Request::get(path).body(Body::empty()).unwrap())
        .await
}

/// A session's cookie, as a browser sends it.
async fn signed_in(harness: &Harness) -> String {
    let answer = open(harness, &link(harness)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("rez_session="), "{cookie}");
    for attribute in ["; Path=/", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    cookie.split(';').next().unwrap().to_owned()
}

fn with(cookie: &str, request: Request<Body>) -> Request<Body> {
    let (mut parts, body) = request.into_parts();
    parts.headers.insert("cookie", cookie.parse().unwrap());
    Request::from_parts(parts, body)
}

async fn me(harness: &Harness, cookie: &str) -> Answer {
    let request = Request::get("/api/auth/me").body(Body::empty()).unwrap();
    harness.ask_plainly(with(cookie, request)).await
}

#[tokio::test]
async fn a_link_signs_in_once() {
    let harness = Harness::new().await;
    let link = link(&harness);
    let answer = open(&harness, &link).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("cache-control"), "no-store");
    for path in [link.as_str(), "/sign-in", "/sign-in?code=", "/sign-in?code=guess"] {
        let refused = open(&harness, path).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.body["code"]),
            (400, &json!("sign_in_failed")),
            "{path}"
        );
        assert_eq!(refused.header("set-cookie"), "");
    }
}

#[tokio::test]
async fn a_session_is_a_person_who_may_everything() {
    let harness = Harness::new().await;
    let cookie = signed_in(&harness).await;
    let me = me(&harness, &cookie).await;
    assert_eq!(
        (&me.body["subject"], &me.body["rights"]),
        (&json!("local:owner"), &json!(["admin"]))
    );
    let csrf = me.body["csrf_token"].as_str().unwrap();
    let mut request = with(
        &cookie,
        posting("/api/messages", json!({ "body": "hello" }).to_string()),
    );
    request.headers_mut().insert("x-csrf-token", csrf.parse().unwrap());
    let sent = harness.ask_plainly(request).await;
    assert_eq!(
        (sent.status, &sent.body["message_type"]),
        (StatusCode::ACCEPTED, &json!("manual"))
    );
    let by_token = harness.post("/api/messages", &json!({ "body": "hello" })).await;
    assert_eq!(by_token.body["message_type"], "api");
}

#[tokio::test]
async fn a_form_that_is_not_ours_is_refused() {
    let harness = Harness::new().await;
    let (cookie, other) = (signed_in(&harness).await, signed_in(&harness).await);
    let csrf = me(&harness, &cookie).await.body["csrf_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let others = me(&harness, &other).await.body["csrf_token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_ne!(csrf, others);
    let form = |body: String| {
        let request = Request::post("/api/auth/logout").header("content-type", "application/x-www-form-urlencoded");
        with(&cookie, request.body(Body::from(body)).unwrap())
    };
    let header = |name: &'static str, value: &str| {
        let mut request = with(
            &cookie,
            posting("/api/messages", json!({ "body": "hello" }).to_string()),
        );
        request.headers_mut().insert(name, value.parse().unwrap());
        request
    };
    let mut from_elsewhere = header("x-csrf-token", &csrf);
    from_elsewhere
        .headers_mut()
        .insert("sec-fetch-site", "cross-site".parse().unwrap());
    for request in [
        form(String::new()),
        form("csrf_token=".to_owned()),
        form(format!("csrf_token={others}")),
        form(format!("other={csrf}")),
        header("x-other", &csrf),
        header("x-csrf-token", ""),
        header("x-csrf-token", &others),
        from_elsewhere,
    ] {
        let answer = harness.ask_plainly(request).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["code"]),
            (403, &json!("cross_site")),
            "{}",
            answer.body
        );
    }
    assert!(harness.executions.inputs().is_empty());
    assert_eq!(
        me(&harness, &cookie).await.status,
        StatusCode::OK,
        "nobody has signed out"
    );

    let out = harness.ask_plainly(form(format!("x=1&csrf_token={csrf}"))).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{:?}", out.headers);
    assert_eq!(
        me(&harness, &cookie).await.status,
        StatusCode::UNAUTHORIZED,
        "the cookie is of no use any more"
    );
    assert_eq!(
        me(&harness, &other).await.status,
        StatusCode::OK,
        "other sessions go on"
    );
}

#[tokio::test]
async fn a_forged_or_old_cookie_is_refused() {
    let harness = Harness::new().await;
    let cookie = signed_in(&harness).await;
    let (name, value) = cookie.split_once('=').unwrap();
    let last = if value.ends_with('A') { 'B' } else { 'A' };
    for forged in [
        String::new(),
        "e30".to_owned(),
        "x".repeat(5_000),
        format!("{}{last}", &value[..value.len() - 1]),
    ] {
        let answer = me(&harness, &format!("{name}={forged}")).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{forged}");
        assert!(
            answer.body["detail"].to_string().contains("sign in again"),
            "{}",
            answer.body
        );
    }
    assert_eq!(me(&harness, &cookie).await.status, StatusCode::OK);
    harness.clock.advance(SignedDuration::from_hours(7 * 24));
    assert_eq!(me(&harness, &cookie).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn links_are_made_for_administrators_alone() {
    let harness = Harness::new().await;
    let made = harness.post("/api/auth/links", &json!({})).await;
    let link = made.body["link"]
        .as_str()
        .unwrap()
        .strip_prefix("http://127.0.0.1:8080")
        .unwrap();
    assert_eq!(open(&harness, link).await.status, StatusCode::SEE_OTHER);
    let reader = harness.token("r", &[authorizer::Right::Read, authorizer::Right::Write]);
    let refused = harness.ask_as(&reader, posting("/api/auth/links", "{}")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
