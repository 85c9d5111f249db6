//! Tokens that are wrong in one thing.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::World;

/// A token that is taken, as `oidc.mjs` signs it.
pub(super) fn good(world: &World) -> Value {
    let now = Timestamp::now().as_second();
    json!({ "payload": {
        "iss": world.issuer.url, "sub": "ada", "client_id": "rez", "token_use": "access",
        "scope": "messages:read messages:write", "iat": now, "exp": now + 3_600,
    } })
}

async fn refused(change: impl FnOnce(&mut Value), why: &str) {
    let Some(world) = World::new().await else { return };
    let mut token = good(&world);
    let signed = world.issuer.sign(&token).await;
    assert_eq!(world.with_token(&signed).await.0, 200, "without the attack it is taken");
    change(&mut token);
    let signed = world.issuer.sign(&token).await;
    let (status, problem) = world.with_token(&signed).await;
    assert_eq!(
        (status, &problem["code"]),
        (401, &json!("unauthenticated")),
        "{problem}"
    );
    assert!(problem["detail"].to_string().contains(why), "{problem}");
    world.server.shutdown().await;
}

/// An attack is a name, what it changes, and what the refusal says.
macro_rules! attacks {
    ($($name:ident: $change:expr, $why:literal;)*) => { $(
        #[tokio::test]
        async fn $name() {
            refused($change, $why).await;
        }
    )* };
}

fn seconds(ahead: i64) -> Value {
    json!(Timestamp::now().as_second() + ahead)
}

attacks! {
    expired: |token| token["payload"]["exp"] = seconds(-61), "expired";
    without_an_end: |token| token["payload"]["exp"] = Value::Null, "expired";
    not_valid_yet: |token| token["payload"]["nbf"] = seconds(120), "not valid yet";
    of_another_issuer: |token| token["payload"]["iss"] = json!("https://evil.example"), "another issuer";
    of_the_issuer_with_a_slash_more: |token| {
        let iss = format!("{}/", token["payload"]["iss"].as_str().expect("text"));
        token["payload"]["iss"] = json!(iss);
    }, "another issuer";
    for_another_client: |token| token["payload"]["client_id"] = json!("other"), "another application";
    for_no_client: |token| token["payload"]["client_id"] = Value::Null, "another application";
    for_an_audience_alone: |token| {
        token["payload"]["client_id"] = Value::Null;
        token["payload"]["aud"] = json!("rez");
    }, "another application";
    an_id_token: |token| token["payload"]["token_use"] = json!("id"), "no access token";
    an_id_token_that_does_not_say_so: |token| {
        token["payload"]["token_use"] = Value::Null;
        token["payload"]["aud"] = json!("rez");
        token["payload"]["nonce"] = json!("n");
    }, "no access token";
    unsigned: |token| token["alg"] = json!("none"), "not signed with RS256";
    signed_with_the_public_key_as_a_secret: |token| token["alg"] = json!("HS256"), "not signed with RS256";
    signed_with_an_unknown_key: |token| token["header"] = json!({ "kid": "unknown" }), "does not publish";
    with_an_extension_that_is_not_understood: |token| {
        token["header"] = json!({ "crit": ["b64"], "b64": true });
    }, "no signed JSON Web Token";
    of_nobody: |token| token["payload"]["sub"] = json!(""), "no subject";
    of_a_subject_that_writes_log_lines: |token| {
        token["payload"]["sub"] = json!("ada\nERROR everything is lost");
    }, "no subject";
    of_somebody_on_this_machine: |token| token["payload"]["sub"] = json!("local:owner"), "no subject";
}

#[tokio::test]
async fn an_unknown_key_is_looked_for_once_in_half_a_minute() {
    let Some(world) = World::new().await else { return };
    let known = world.issuer.sign(&good(&world)).await;
    assert_eq!(world.with_token(&known).await.0, 200);
    let mut token = good(&world);
    for unknown in 0..20 {
        token["header"] = json!({ "kid": format!("unknown-{unknown}") });
        let signed = world.issuer.sign(&token).await;
        assert_eq!(world.with_token(&signed).await.0, 401);
    }
    assert_eq!(world.issuer.knock("keys-asked", "").await, "1", "they were just read");
    world.clock.advance(Duration::from_secs(31));
    for _ in 0..20 {
        let signed = world.issuer.sign(&token).await;
        assert_eq!(world.with_token(&signed).await.0, 401);
    }
    assert_eq!(world.issuer.knock("keys-asked", "").await, "2");
    world.server.shutdown().await;
}

#[tokio::test]
async fn keys_that_are_changed_are_taken_and_those_that_are_withdrawn_are_not() {
    let Some(world) = World::new().await else { return };
    let old = world.issuer.sign(&good(&world)).await;
    assert_eq!(world.with_token(&old).await.0, 200);
    world.issuer.knock("rotate", "").await;
    let new = world.issuer.sign(&good(&world)).await;
    world.clock.advance(Duration::from_secs(31));
    assert_eq!(world.with_token(&new).await.0, 200);
    assert_eq!(world.with_token(&old).await.0, 401);
    world.server.shutdown().await;
}

#[tokio::test]
async fn an_issuer_that_is_away_keeps_nobody_out_whose_key_is_known() {
    let Some(world) = World::new().await else { return };
    let token = world.issuer.sign(&good(&world)).await;
    world.issuer.knock("silent", "true").await;
    let (status, problem) = world.with_token(&token).await;
    assert_eq!((status, &problem["code"]), (503, &json!("unavailable")), "{problem}");
    let login = super::Browser::default()
        .get(&format!("{}/api/auth/login", world.url))
        .await;
    assert_eq!(login.status, 503, "{}", login.text);
    world.issuer.knock("silent", "false").await;
    world.clock.advance(Duration::from_secs(4));
    assert_eq!(world.with_token(&token).await.0, 200);
    world.issuer.knock("silent", "true").await;
    // What was read is an hour old, and cannot be read again.
    world.clock.advance(Duration::from_mins(59));
    let mut later = good(&world);
    later["payload"]["exp"] = seconds(3 * 3_600);
    let later = world.issuer.sign(&later).await;
    world.clock.advance(Duration::from_mins(2));
    assert_eq!(world.with_token(&later).await.0, 200);
    world.server.shutdown().await;
}
