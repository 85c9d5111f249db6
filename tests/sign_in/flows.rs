//! What works: signing in, going on, signing out, rights by scope and group.

use std::time::Duration;

use serde_json::json;

use super::World;

#[tokio::test]
async fn somebody_signs_in_goes_on_and_signs_out() {
    let Some(world) = World::new().await else { return };
    let mut browser = world.signed_in("ada").await;
    assert!(browser.cookie("rez_login").is_none(), "it has done its work");
    let me = world.me(&mut browser).await.json();
    assert_eq!(
        (&me["subject"], &me["rights"]),
        (&json!("ada"), &json!(["messages:read", "messages:write"]))
    );
    let csrf = me["csrf_token"].as_str().expect("a token").to_owned();

    let (before, old) = (
        browser.cookies.clone(),
        browser.cookie("rez_refresh").map(str::to_owned),
    );
    let refresh = format!("{}/api/auth/refresh", world.url);
    let renewed = browser.post_with_token(&refresh, &csrf).await;
    assert_eq!(renewed.status, 204, "{}", renewed.text);
    assert!(
        old.is_some()
            && browser
                .cookie("rez_refresh")
                .is_some_and(|new| Some(new) != old.as_deref())
    );
    let again = world.me(&mut browser).await.json();
    assert_eq!(again["csrf_token"], csrf, "forms that are open stay good");

    let logout = format!("{}/api/auth/logout", world.url);
    let out = browser.post(&logout, &[("csrf_token", &csrf)]).await;
    assert_eq!(out.status, 200, "{}", out.text);
    assert!(
        out.text.contains(&format!(
            "{}/session/end?client_id=rez&amp;post_logout_redirect_uri=",
            world.issuer.url
        )),
        "{}",
        out.text
    );
    assert!(browser.cookie("rez_session").is_none() && browser.cookie("rez_refresh").is_none());
    assert_eq!(world.me(&mut browser).await.status, 401);
    // Whoever has kept the cookies has kept nothing.
    browser.cookies = before;
    assert_eq!(world.me(&mut browser).await.status, 401);
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_session_that_is_over_goes_on_by_itself_as_long_as_the_issuer_lets_it() {
    let Some(world) = World::new().await else { return };
    world.issuer.knock("ttl", "60").await;
    let mut browser = world.signed_in("ada").await;
    let (before, old) = (
        browser.cookies.clone(),
        browser.cookie("rez_refresh").map(str::to_owned),
    );
    // Each token lives longer than the clock is set ahead.
    world.issuer.knock("ttl", "36000").await;
    world.clock.advance(Duration::from_mins(5));
    let answers: Vec<_> = {
        let mut browsers: Vec<_> = (0..8).map(|_| super::Browser::default()).collect();
        let asked = browsers.iter_mut().map(|one| {
            one.cookies = before.clone();
            async { one.get(&format!("{}/api/auth/me", world.url)).await }
        });
        futures_util::future::join_all(asked).await
    };
    for answer in &answers {
        assert_eq!((answer.status, answer.set_cookies.len()), (200, 2), "{answer:?}");
    }
    let me = world.me(&mut browser).await;
    assert_eq!(me.status, 200, "{}", me.text);
    assert!(
        old.is_some()
            && browser
                .cookie("rez_refresh")
                .is_some_and(|new| Some(new) != old.as_deref())
    );
    world.server.shutdown().await;
}

/// Whoever leaves while the issuer makes new tokens has not lost the old ones: they are spent, and the new ones are kept.
#[tokio::test]
async fn a_renewal_goes_on_when_whoever_asked_for_it_has_left() {
    let Some(world) = World::new().await else { return };
    world.issuer.knock("ttl", "60").await;
    let mut browser = world.signed_in("ada").await;
    let (before, old) = (
        browser.cookies.clone(),
        browser.cookie("rez_refresh").map(str::to_owned),
    );
    world.issuer.knock("ttl", "600").await;
    world.clock.advance(Duration::from_mins(5));
    world.issuer.knock("hold", "").await;
    let url = format!("{}/api/auth/me", world.url);
    let leaves = tokio::spawn(async move { browser.get(&url).await });
    world.issuer.knock("held", "").await;
    leaves.abort();
    assert!(leaves.await.is_err_and(|error| error.is_cancelled()));
    // The server has every opportunity to see that nobody waits any more.
    for _ in 0..50 {
        let health = reqwest::get(format!("{}/api/health", world.url))
            .await
            .expect("an answer");
        assert_eq!(health.status(), 200);
    }
    world.issuer.knock("release", "").await;
    let mut browser = super::Browser::default();
    browser.cookies = before.clone();
    let me = world.me(&mut browser).await;
    assert_eq!(me.status, 200, "{}", me.text);
    assert!(
        old.is_some()
            && browser
                .cookie("rez_refresh")
                .is_some_and(|new| Some(new) != old.as_deref())
    );
    // And it can be renewed once more: the issuer has not seen the old token twice.
    world.issuer.knock("ttl", "36000").await;
    world.clock.advance(Duration::from_mins(15));
    assert_eq!(world.me(&mut browser).await.status, 200);
    world.server.shutdown().await;
}

/// The token that the browser shows may be spent by the very request that signs out: the one that goes on is ended.
#[tokio::test]
async fn signing_out_ends_the_newest_refresh_token() {
    let Some(world) = World::new().await else { return };
    world.issuer.knock("ttl", "60").await;
    let mut browser = world.signed_in("ada").await;
    let me = world.me(&mut browser).await.json();
    let csrf = me["csrf_token"].as_str().expect("a token").to_owned();
    world.clock.advance(Duration::from_mins(5));
    world.issuer.knock("ttl", "36000").await;
    let logout = format!("{}/api/auth/logout", world.url);
    let out = browser.post(&logout, &[("csrf_token", &csrf)]).await;
    assert_eq!(out.status, 200, "{}", out.text);
    assert_eq!(world.issuer.knock("newest-revoked", "").await, "true");
    world.server.shutdown().await;
}

#[tokio::test]
async fn a_message_is_its_senders_and_the_administrators() {
    let Some(world) = World::new().await else { return };
    let token = async |name: &str, groups: &[&str]| {
        let mut token = super::tokens::good(&world);
        token["payload"]["sub"] = json!(name);
        token["payload"]["cognito:groups"] = json!(groups);
        world.issuer.sign(&token).await
    };
    let (ada, bob, root) = (
        token("ada", &[]).await,
        token("bob", &["others"]).await,
        token("root", &["admin"]).await,
    );
    let http = reqwest::Client::new();
    let sent = http
        .post(format!("{}/api/messages", world.url))
        .json(&json!({ "body": "for ada" }));
    let sent: serde_json::Value = sent
        .bearer_auth(&ada)
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let url = format!(
        "{}/api/messages/{}",
        world.url,
        sent["message_id"].as_str().expect("an id")
    );
    for (token, status) in [(&ada, 200), (&bob, 404), (&root, 200)] {
        let answer = http.get(&url).bearer_auth(token).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status);
    }
    world.server.shutdown().await;
}

#[tokio::test]
async fn somebody_of_a_group_is_an_administrator_in_the_console() {
    let Some(world) = World::new().await else { return };
    let machines = format!("{}/console/machines", world.url);
    let mut root = world.signed_in("root").await;
    assert_eq!(root.get(&machines).await.status, 200);
    let mut ada = world.signed_in("ada").await;
    assert_eq!(ada.get(&machines).await.status, 403);
    assert_eq!(ada.get(&format!("{}/console/messages", world.url)).await.status, 200);
    let mut nobody = super::Browser::default();
    let sent_away = nobody.get(&machines).await;
    assert_eq!(
        (sent_away.status, sent_away.location),
        (303, format!("{}/sign-in?return_to=%2Fconsole%2Fmachines", world.url))
    );
    world.server.shutdown().await;
}
