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
    assert!(cookie.starts_with("rez_session_8080="), "{cookie}");
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
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, "/console/")
    );
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("cache-control"), "no-store");
    for path in [link.as_str(), "/sign-in?code=", "/sign-in?code=guess"] {
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
    assert_eq!(
        (out.status, out.header("location")),
        (StatusCode::SEE_OTHER, "/sign-in")
    );
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
async fn links_are_made_for_whoever_can_read_the_data_directory_alone() {
    let harness = Harness::new().await;
    let owner = harness.token("owner", &[authorizer::Right::Admin]);
    let made = harness.ask_as(&owner, posting("/api/auth/links", "{}")).await;
    let link = made.body["link"]
        .as_str()
        .unwrap()
        .strip_prefix("http://127.0.0.1:8080")
        .unwrap();
    assert_eq!(open(&harness, link).await.status, StatusCode::SEE_OTHER);
    for rights in [
        &[authorizer::Right::Read, authorizer::Right::Write][..],
        &[authorizer::Right::Admin],
    ] {
        let other = harness.token("other", rights);
        let refused = harness.ask_as(&other, posting("/api/auth/links", "{}")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{rights:?}");
    }
}

#[tokio::test]
async fn a_link_leads_back_to_a_page_of_ours_and_nowhere_else() {
    let harness = Harness::new().await;
    for (back, location) in [
        ("%2Fconsole%2Fhealth%3Fa%3Db", "/console/health?a=b"),
        ("https%3A%2F%2Fevil.example", "/console/"),
        ("%2F%2Fevil.example", "/console/"),
        ("%2F%5Cevil.example", "/console/"),
        ("%2F%0D%0ASet-Cookie%3A%20a%3Db", "/console/"),
    ] {
        let answer = open(&harness, &format!("{}&return_to={back}", link(&harness))).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::SEE_OTHER, location),
            "{back}"
        );
        assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 1);
    }
}

#[tokio::test]
async fn who_asks_too_often_waits() {
    let harness = Harness::new().await;
    let token = harness.token("ada", &[authorizer::Right::Read]);
    let ask = || Request::get("/api/auth/me").body(Body::empty()).unwrap();
    for _ in 0..1_000 {
        assert_eq!(harness.ask_as(&token, ask()).await.status, StatusCode::OK);
    }
    let refused = harness.ask_as(&token, ask()).await;
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (StatusCode::TOO_MANY_REQUESTS, "1")
    );
    assert_eq!(
        harness.ask(ask()).await.status,
        StatusCode::OK,
        "others are not held up"
    );
    harness.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(harness.ask_as(&token, ask()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn pages_of_listed_origins_may_call_and_others_may_not() {
    let harness = Harness::new().await;
    let preflight = |origin: &str| {
        let request = Request::builder()
            .method("OPTIONS")
            .uri("/api/messages")
            .header("origin", origin);
        let request = request.header("access-control-request-method", "POST");
        request.body(Body::empty()).unwrap()
    };
    let allowed = harness.ask_plainly(preflight("https://app.example.org")).await;
    assert_eq!(allowed.status, StatusCode::NO_CONTENT);
    assert_eq!(allowed.header("access-control-allow-origin"), "https://app.example.org");
    assert!(allowed.header("access-control-allow-headers").contains("authorization"));
    assert_eq!(
        allowed.header("access-control-allow-credentials"),
        "",
        "cookies stay at home"
    );
    for origin in [
        "https://evil.example",
        "null",
        "https://app.example.org.evil.example",
        "http://app.example.org",
    ] {
        let refused = harness.ask_plainly(preflight(origin)).await;
        assert_eq!(refused.header("access-control-allow-origin"), "", "{origin}");
    }
    let health = harness.get("/api/health").await;
    assert_eq!(
        (health.header("x-content-type-options"), health.header("vary")),
        ("nosniff", "origin")
    );
    assert!(health.header("content-security-policy").contains("default-src 'none'"));
}
