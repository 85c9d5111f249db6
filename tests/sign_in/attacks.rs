//! Attacks on the way to a session, and on what browsers keep.

use std::time::Duration;

use serde_json::json;
use tests::home::Home;

use super::{Browser, World};

/// The answer is a refusal of the sign-in, and nobody is signed in.
async fn fails(world: &World, browser: &mut Browser, callback: &str, why: &str) {
    let answer = browser.get(callback).await;
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (400, &json!("sign_in_failed")),
        "{}",
        answer.text
    );
    assert!(answer.text.contains(why), "{}", answer.text);
    assert!(answer.set_cookies.is_empty(), "{answer:?}");
    assert_eq!(world.me(browser).await.status, 401);
}

fn set(query: &mut [(String, String)], name: &str, value: &str) {
    let pair = query.iter_mut().find(|(given, _)| given == name);
    value.clone_into(&mut pair.expect("it is there").1);
}

#[tokio::test]
async fn a_code_is_taken_once() {
    let Some(world) = World::new().await else { return };
    let mut browser = Browser::default();
    let callback = world.callback(&mut browser, "ada", |_| {}).await;
    let begun = browser.cookies.clone();
    assert_eq!(browser.get(&callback).await.status, 303);
    // With the cookie of the sign-in, as if it had been stolen, and without it.
    let mut thief = Browser::default();
    thief.cookies = begun;
    fails(&world, &mut thief, &callback, "invalid_grant").await;
    fails(&world, &mut Browser::default(), &callback, "begun no such sign-in").await;
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_sign_in_that_another_browser_began_is_refused() {
    let Some(world) = World::new().await else { return };
    let (mut ada, mut mallory) = (Browser::default(), Browser::default());
    let callback = world.callback(&mut mallory, "mallory", |_| {}).await;
    let _ = world.callback(&mut ada, "ada", |_| {}).await;
    fails(&world, &mut ada, &callback, "begun no such sign-in").await;
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_wrong_state_is_refused() {
    let Some(world) = World::new().await else { return };
    let mut browser = Browser::default();
    let altered = |query: &mut Vec<(String, String)>| set(query, "state", "another");
    let callback = world.callback(&mut browser, "ada", altered).await;
    fails(&world, &mut browser, &callback, "begun no such sign-in").await;
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_wrong_nonce_is_refused() {
    let Some(world) = World::new().await else { return };
    let mut browser = Browser::default();
    let altered = |query: &mut Vec<(String, String)>| set(query, "nonce", "another");
    let callback = world.callback(&mut browser, "ada", altered).await;
    fails(&world, &mut browser, &callback, "another sign-in").await;
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_wrong_verifier_is_refused() {
    let Some(world) = World::new().await else { return };
    let mut browser = Browser::default();
    // The challenge of RFC 7636, appendix B: nobody here has its verifier.
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let altered = |query: &mut Vec<(String, String)>| set(query, "code_challenge", challenge);
    let callback = world.callback(&mut browser, "ada", altered).await;
    fails(&world, &mut browser, &callback, "invalid_grant").await;
    world.server.shutdown().await;
}

#[tokio::test]
async fn an_answer_of_another_issuer_is_refused() {
    let Some(world) = World::new().await else { return };
    let mut browser = Browser::default();
    let callback = world.callback(&mut browser, "ada", |_| {}).await;
    let mut address = reqwest::Url::parse(&callback).expect("an address");
    let mut query: Vec<(String, String)> = address.query_pairs().into_owned().collect();
    set(&mut query, "iss", "https://evil.example");
    address.query_pairs_mut().clear().extend_pairs(query);
    fails(&world, &mut browser, address.as_str(), "another issuer").await;
    world.server.shutdown().await;
}

#[tokio::test]
async fn what_is_written_into_the_address_is_never_shown() {
    let Some(world) = World::new().await else { return };
    let mut browser = Browser::default();
    let callback = world.callback(&mut browser, "ada", |_| {}).await;
    let state = callback
        .split("state=")
        .nth(1)
        .and_then(|rest| rest.split('&').next())
        .expect("a state");
    let forged = format!(
        "{}/api/auth/callback?state={state}&error=%3Cscript%3Ealert(1)%3C/script%3E",
        world.url
    );
    let answer = browser.get(&forged).await;
    assert_eq!(answer.status, 400);
    assert!(!answer.text.contains("script"), "{}", answer.text);
    let known = format!("{}/api/auth/callback?state={state}&error=access_denied", world.url);
    assert!(browser.get(&known).await.text.contains("access_denied"));
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_sign_in_that_takes_too_long_is_refused() {
    let Some(world) = World::new().await else { return };
    let mut browser = Browser::default();
    let callback = world.callback(&mut browser, "ada", |_| {}).await;
    world.clock.advance(Duration::from_mins(10));
    fails(&world, &mut browser, &callback, "ten minutes").await;
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_sign_in_leads_nowhere_else() {
    let Some(world) = World::new().await else { return };
    for (back, ends) in [
        ("/console/health", "/console/health"),
        ("https://evil.example", "/console/"),
        ("//evil.example", "/console/"),
        ("/\\evil.example", "/console/"),
        ("/\r\nSet-Cookie: a=b", "/console/"),
    ] {
        let mut browser = Browser::default();
        let mut login = reqwest::Url::parse(&format!("{}/api/auth/login", world.url)).expect("an address");
        login.query_pairs_mut().append_pair("return_to", back);
        let begun = browser.get(login.as_str()).await;
        let page = browser.follow(&begun.location, &world.url).await;
        let sent = browser.post(&page.url, &[("name", "ada")]).await;
        let callback = browser.follow(&sent.location, &world.url).await.url;
        let answer = browser.get(&callback).await;
        assert_eq!(
            (answer.status, answer.location),
            (303, format!("{}{ends}", world.url)),
            "{back:?}"
        );
    }
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_refresh_token_that_was_used_ends_everything_that_came_of_it() {
    let Some(world) = World::new().await else { return };
    let mut browser = world.signed_in("ada").await;
    let stolen = browser.cookies.clone();
    let csrf = world.me(&mut browser).await.json()["csrf_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let refresh = format!("{}/api/auth/refresh", world.url);
    assert_eq!(browser.post_with_token(&refresh, &csrf).await.status, 204);
    // Within a minute the same answer is given again: a browser asks several times at once.
    world.clock.advance(Duration::from_secs(61));
    let mut thief = Browser::default();
    thief.cookies = stolen;
    let refused = thief.post_with_token(&refresh, &csrf).await;
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (400, &json!("sign_in_failed")),
        "{}",
        refused.text
    );
    let owner = browser.post_with_token(&refresh, &csrf).await;
    assert_eq!(
        owner.status, 400,
        "the issuer has ended it for everybody: {}",
        owner.text
    );
    world.server.shutdown().await;
}

#[tokio::test]
async fn one_cookie_does_not_do_for_another() {
    let Some(world) = World::new().await else { return };
    let mut browser = world.signed_in("ada").await;
    let (session, refresh) = (
        browser.cookie("rez_session").expect("a cookie").to_owned(),
        browser.cookie("rez_refresh").expect("a cookie").to_owned(),
    );
    let name = |cookie: &str| format!("{cookie}_{}", world.server.addresses.api.port());
    browser.cookies = [(name("rez_session"), refresh)].into_iter().collect();
    assert_eq!(world.me(&mut browser).await.status, 401);
    browser.cookies = [(name("rez_refresh"), session.clone())].into_iter().collect();
    assert_eq!(world.me(&mut browser).await.status, 401);
    assert_eq!(world.with_token(&session).await.0, 401, "a session is no token");
    world.server.shutdown().await;
}

/// The real program: nothing that lets anybody in stands in its log, and nobody writes lines into it.
#[tokio::test(flavor = "multi_thread")]
async fn no_secret_reaches_the_log_and_nobody_writes_into_it() {
    let Some(issuer) = super::Issuer::start() else { return };
    let home = Home::new()
        .with("OIDC_ISSUER", &*issuer.url)
        .with("OIDC_CLIENT_ID", "rez")
        .with("OIDC_SCOPES", "openid messages:read messages:write")
        .with("LOG_LEVEL", "TRACE");
    let serve = home.serve();
    let mut browser = Browser::default();
    let login = browser.get(&format!("{}/api/auth/login", serve.api)).await;
    let page = browser.follow(&login.location, &serve.api).await;
    let sent = browser.post(&page.url, &[("name", "ada")]).await;
    let callback = browser.follow(&sent.location, &serve.api).await.url;
    let mut secrets: Vec<String> = browser.cookies.values().cloned().collect();
    assert_eq!(browser.get(&callback).await.status, 303);
    secrets.extend(browser.cookies.values().cloned());
    let query = callback.split_once('?').expect("a query").1;
    secrets.extend(
        query
            .split('&')
            .filter_map(|pair| Some(pair.split_once('=')?.1.to_owned())),
    );
    let token = home.rez(&["token"]).ends_with(0).out.trim().to_owned();
    let http = reqwest::Client::new();
    let injected = format!("{}/api/messages/%0A%22ERROR%20forged%22", serve.api);
    let request = http
        .get(&injected)
        .bearer_auth(&token)
        .header("x-correlation-id", "a\tforged");
    assert_eq!(request.send().await.expect("an answer").status(), 400);
    let answer = http.get(&injected).bearer_auth(&token).send().await.expect("an answer");
    assert_eq!(answer.status(), 404);
    assert_eq!(answer.headers().get_all("set-cookie").iter().count(), 0);
    let said = serve.stop();
    let files = std::fs::read_dir(home.path().join("logs")).expect("the log's directory");
    let files = files.map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("text"));
    let log: String = files.collect();
    secrets.push(token);
    for secret in secrets
        .iter()
        .filter(|secret| secret.len() > 8 && !secret.starts_with("http"))
    {
        assert!(
            !log.contains(secret.as_str()) && !said.contains(secret.as_str()),
            "{secret} stands in the log"
        );
    }
    assert!(log.contains("signed in at the issuer"), "{log}");
    for line in log.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
    }
}
