//! `escalate-message`.

use std::time::Duration;

use serde_json::{Value, json};
use server::Policies;

use super::world::World;

const WORKFLOW: &str = "escalate-message";
const PAUSE: Duration = Duration::from_mins(1);

fn escalation(topics: &[&str], rounds: u32) -> Value {
    json!({ "body": "the boiler is hot", "topics": topics, "rounds": rounds, "pause": PAUSE.as_secs() })
}

/// The id by which a message is acknowledged: the name of its execution.
fn id(arn: &str) -> &str {
    arn.rsplit(':').next().expect("a name")
}

fn acknowledge(arn: &str) -> String {
    format!("messages/{}/acknowledge", id(arn))
}

fn topics(world: &World) -> Vec<String> {
    world.sink.kept().into_iter().map(|kept| kept.topic).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acknowledgement_ends_the_rounds() {
    let world = World::new(&[]).await;
    let arn = world.start(WORKFLOW, &escalation(&["first", "second"], 2)).await;
    world.waits_for_answer(&arn, 1).await;
    world.clock.advance(PAUSE);
    world.waits_for_answer(&arn, 2).await;

    let (status, given) = world.post(&acknowledge(&arn), &json!({ "by": "Ada" })).await;
    assert_eq!((status, &given["heard"]), (200, &json!(true)), "{given}");
    let ended = world.end(&arn).await;
    let expected = json!({ "acknowledged": true, "by": "Ada", "at": given["at"], "rounds": 2, "delivered": 2 });
    assert_eq!(ended["output"], expected, "{ended}");
    assert_eq!(topics(&world), ["first", "first"]);

    let (status, second) = world.post(&acknowledge(&arn), &json!({})).await;
    assert_eq!(status, 409);
    let detail = second["detail"].as_str().expect("a detail");
    assert!(detail.starts_with("the message was acknowledged already"), "{detail}");
    let (status, unknown) = world.post("messages/nobody/acknowledge", &json!({})).await;
    assert_eq!((status, &unknown["code"]), (404, &json!("not_found")));
}

/// Whoever the message is for may say that they have seen it, and nobody else does so for them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_owner_acknowledges_it() {
    let world = World::new(&[]).await;
    let mut input = escalation(&["first"], 2);
    input["owner"] = json!("local:ada");
    let arn = world.start(WORKFLOW, &input).await;
    world.waits_for_answer(&arn, 1).await;
    world.clock.advance(PAUSE);
    world.waits_for_answer(&arn, 2).await;
    assert_eq!(world.post_as("eve", &acknowledge(&arn), &json!({})).await, 404);
    assert_eq!(
        world.post_as("ada", &acknowledge(&arn), &json!({ "by": "Ada" })).await,
        200
    );
    let ended = world.end(&arn).await;
    assert_eq!(
        (&ended["output"]["acknowledged"], &ended["output"]["by"]),
        (&json!(true), &json!("Ada")),
        "{ended}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_topic_after_the_other_is_tried_until_every_round_has_passed() {
    let world = World::new(&[]).await;
    let arn = world.start(WORKFLOW, &escalation(&["first", "second"], 2)).await;
    for round in 1..=4 {
        world.waits_for_answer(&arn, round).await;
        world.clock.advance(PAUSE);
    }
    let ended = world.end(&arn).await;
    let expected = json!({ "acknowledged": false, "by": null, "at": null, "rounds": 4, "delivered": 4 });
    assert_eq!(ended["output"], expected, "{ended}");
    assert_eq!(topics(&world), ["first", "first", "second", "second"]);

    let (status, late) = world.post(&acknowledge(&arn), &json!({})).await;
    assert_eq!(status, 409);
    let detail = late["detail"].as_str().expect("a detail");
    assert!(detail.ends_with("every round has passed"), "{detail}");
}

/// Between two rounds no task waits: what is said then is found by the next one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acknowledgement_between_two_rounds_is_not_lost() {
    let world = World::new(&["a late answer", "a late answer"]).await;
    let arn = world.start(WORKFLOW, &escalation(&["first"], 2)).await;
    world.sink.release();
    world.waits_for_answer(&arn, 1).await;
    world.clock.advance(PAUSE);
    world
        .until(|| async { (world.sink.asked().len() == 2).then_some(()) })
        .await;

    let (status, given) = world.post(&acknowledge(&arn), &json!({})).await;
    assert_eq!((status, &given["heard"]), (200, &json!(false)), "{given}");
    world.sink.release();
    let ended = world.end(&arn).await;
    let expected = json!({ "acknowledged": true, "by": null, "at": given["at"], "rounds": 2, "delivered": 2 });
    assert_eq!(ended["output"], expected, "{ended}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_escalated_is_refused_by_its_field() {
    let world = World::new(&["40009"]).await;
    let with = |field: &str, value: Value| {
        let mut input = escalation(&["first"], 1);
        input[field] = value;
        input
    };
    for (input, error, cause) in [
        (
            with("topics", json!([])),
            "Escalation.InvalidInput",
            "topics: name 1 to 5",
        ),
        (
            with("rounds", json!(11)),
            "Escalation.InvalidInput",
            "rounds: ask for 1 to 10",
        ),
        (
            with("pause", json!(9)),
            "Escalation.InvalidInput",
            "pause: give 10 to 86400",
        ),
        (
            with("topics", json!(["a b"])),
            "Escalation.Undeliverable",
            "topic: must be 1 to 64",
        ),
        (with("body", json!("refused")), "Escalation.Undeliverable", "40009"),
    ] {
        let ended = world.end(&world.start(WORKFLOW, &input).await).await;
        assert_eq!(
            (&ended["status"], &ended["error"]),
            (&json!("FAILED"), &json!(error)),
            "{ended}"
        );
        assert!(ended["cause"].as_str().expect("a cause").contains(cause), "{ended}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_can_be_left_out_of_its_policy() {
    let all = Policies::of_workflows("dev");
    let mut without = 0;
    while let Some(rest) = all.without(WORKFLOW, without) {
        let world = World::held_to(rest, &[]).await;
        let arn = world.start(WORKFLOW, &escalation(&["first"], 1)).await;
        world.denied(&arn).await;
        without += 1;
    }
    assert_eq!(without, 2, "two functions");
}
