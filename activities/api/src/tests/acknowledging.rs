//! Saying that a message was seen.

use activity_runtime::AcknowledgementLinks;
use authorizer::OwnIssuer;
use serde_json::json;

use super::harness::{Harness, links, now, posting};
use crate::Right;

const PATH: &str = "/api/messages/m/acknowledge";

#[tokio::test]
async fn an_acknowledgement_reaches_the_task_that_waits_and_the_second_is_a_conflict() {
    let api = Harness::new().await;
    let unknown = api.post(PATH, &json!({})).await;
    assert_eq!(
        (unknown.status.as_u16(), &unknown.body["code"]),
        (404, &json!("not_found"))
    );

    api.messages
        .ask_for_acknowledgement("m", Some("token"), now())
        .await
        .unwrap();
    let item = api.get("/api/messages/ack%2Fm").await;
    assert_eq!(
        item.status.as_u16(),
        404,
        "what is kept for it is no message: {}",
        item.body
    );
    let given = api.post(PATH, &json!({ "by": "Ada" })).await;
    let expected = json!({ "message_id": "m", "by": "Ada", "at": now(), "heard": true });
    assert_eq!((given.status.as_u16(), given.body), (200, expected));
    let told = ("token".to_owned(), json!({ "by": "Ada", "at": now() }));
    assert_eq!(api.answered.0.lock().unwrap().as_slice(), std::slice::from_ref(&told));

    let second = api.post(PATH, &json!({ "by": "Grace" })).await;
    assert_eq!(
        (second.status.as_u16(), &second.body["code"]),
        (409, &json!("conflict"))
    );
    assert_eq!(
        *api.answered.0.lock().unwrap(),
        [told.clone(), told],
        "told again, as it was given first"
    );
}

#[tokio::test]
async fn one_that_nobody_hears_now_says_so_and_one_that_nobody_will_hear_is_refused() {
    let api = Harness::new().await;
    api.messages
        .ask_for_acknowledgement("m", Some("gone"), now())
        .await
        .unwrap();
    assert_eq!(api.post(PATH, &json!({})).await.body["heard"], false);

    api.messages
        .ask_for_acknowledgement("over", Some("token"), now())
        .await
        .unwrap();
    api.messages.ask_for_acknowledgement("over", None, now()).await.unwrap();
    let over = api.post("/api/messages/over/acknowledge", &json!({})).await;
    assert_eq!(over.status.as_u16(), 409);
    assert!(
        over.body["detail"].as_str().unwrap().contains("every round has passed"),
        "{}",
        over.body
    );
}

#[tokio::test]
async fn a_name_that_is_too_long_and_a_field_that_is_none_are_named() {
    let api = Harness::new().await;
    let answer = api.post(PATH, &json!({ "by": "x".repeat(65), "who": 1 })).await;
    assert_eq!(answer.status.as_u16(), 422);
    let fields: Vec<_> = answer.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| &error["field"])
        .collect();
    assert_eq!(fields, ["who", "by"]);
}

fn link(id: &str) -> String {
    links().make("", id, now())
}

#[tokio::test]
async fn a_link_asks_before_it_acknowledges_and_may_be_followed_again() {
    let api = Harness::new().await;
    api.messages
        .ask_for_acknowledgement("m", Some("token"), now())
        .await
        .unwrap();
    for method in ["GET", "HEAD", "GET"] {
        let (status, headers, page) = api.follow(method, &link("m"), "").await;
        assert_eq!(status, 200, "{method}: {page}");
        assert_eq!(page.contains("<form method=\"post\">"), method == "GET");
        assert_eq!(headers["referrer-policy"], "no-referrer", "the address is a secret");
        assert_eq!(headers["cache-control"], "no-store");
    }
    assert!(api.answered.0.lock().unwrap().is_empty(), "asking acknowledges nothing");
    let (long, ..) = api.follow("POST", &link("m"), &format!("by={}", "x".repeat(65))).await;
    assert_eq!(long, 422);

    let (status, headers, page) = api.follow("POST", &link("m"), "by=Ada+L.").await;
    assert_eq!(
        (status.as_u16(), &headers["access-control-allow-origin"]),
        (200, &"*".parse().unwrap())
    );
    let told = ("token".to_owned(), json!({ "by": "Ada L.", "at": now() }));
    assert_eq!(api.answered.0.lock().unwrap().as_slice(), std::slice::from_ref(&told));
    let (again, _, same) = api.follow("POST", &link("m"), "by=Grace").await;
    assert_eq!((again, same), (status, page), "a second tap is as good as the first");
    assert_eq!(
        *api.answered.0.lock().unwrap(),
        [told.clone(), told],
        "and changes nothing"
    );
}

/// Whoever guesses learns nothing: not whether the message is there, nor what is wrong with the link.
#[tokio::test]
async fn links_that_do_not_hold_are_refused_alike() {
    let api = Harness::new().await;
    for id in ["m", "over"] {
        api.messages
            .ask_for_acknowledgement(id, Some("token"), now())
            .await
            .unwrap();
    }
    let other = AcknowledgementLinks::new(&"another key of thirty-two bytes!".to_owned().into()).unwrap();
    let expired = links().make("", "m", now() - jiff::SignedDuration::from_hours(24 * 61));
    let good = link("m");
    for (why, path) in [
        ("expired", expired),
        ("another instance's", other.make("", "m", now())),
        ("another message's code", good.replace("/ack/m.", "/ack/over.")),
        ("nobody waits for it", link("unknown")),
        ("cut off", good[..good.len() - 1].to_owned()),
        ("no code", "/ack/m".to_owned()),
        ("no text", "/ack/%FF".to_owned()),
    ] {
        let (status, _, page) = api.follow("POST", &path, "").await;
        assert_eq!(status, 404, "{why}");
        assert!(page.contains("This link does not hold"), "{why}: {page}");
    }
    assert!(api.answered.0.lock().unwrap().is_empty());
    api.messages.ask_for_acknowledgement("over", None, now()).await.unwrap();
    let (status, _, page) = api.follow("POST", &link("over"), "").await;
    assert_eq!(status, 410, "{page}");
}

/// Whose alarm it is may say that they have seen it; to others there is none.
#[tokio::test]
async fn a_message_is_acknowledged_by_its_owner_and_by_administrators() {
    let api = Harness::new().await;
    let writer = [Right::Read, Right::Write];
    let (ada, eve) = (api.token("ada", &writer), api.token("eve", &writer));
    let subject = OwnIssuer::subject("ada");
    for (id, owner) in [("hers", Some(subject.as_str())), ("of-nobody", None)] {
        let asked = api
            .messages
            .ask_owner_for_acknowledgement(id, owner, Some("token"), now());
        asked.await.unwrap();
    }
    let give = async |token: &str, id: &str| {
        let request = posting(&format!("/api/messages/{id}/acknowledge"), json!({}).to_string());
        api.ask_as(token, request).await.status.as_u16()
    };
    assert_eq!(give(&eve, "hers").await, 404);
    assert_eq!(give(&api.token("ada", &[Right::Read]), "hers").await, 403);
    assert_eq!(give(&ada, "hers").await, 200);
    assert_eq!(give(&ada, "hers").await, 409);
    assert_eq!(give(&eve, "hers").await, 404, "nor that it was acknowledged");
    assert_eq!(give(&ada, "of-nobody").await, 404);
    assert_eq!(give(&api.token("root", &[Right::Admin]), "of-nobody").await, 200);
}

#[tokio::test]
async fn a_message_that_nobody_waits_for_is_there_nevertheless() {
    let api = Harness::new().await;
    let writer = api.token("ada", &[Right::Read, Right::Write]);
    let sent = api.ask_as(&writer, posting("/api/messages", r#"{"body":"x"}"#)).await;
    let path = format!("{}/acknowledge", sent.header("location"));
    let others = api.token("eve", &[Right::Read, Right::Write]);
    for (token, status) in [(writer, 409), (api.token("root", &[Right::Admin]), 409), (others, 404)] {
        let answer = api.ask_as(&token, posting(&path, "{}")).await;
        assert_eq!(answer.status.as_u16(), status);
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.starts_with("nobody waits"), "{detail}");
    }
}
