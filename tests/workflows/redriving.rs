//! `redrive-dead-letters`.

use serde_json::{Value, json};
use server::Policies;

use super::world::World;

const WORKFLOW: &str = "redrive-dead-letters";
/// How ntfy refuses a message for good.
const REFUSED: &str = "40009";
const DEFINITION: &str = include_str!("../../workflows/generated/redrive-dead-letters/definition.asl.json");

/// A world with so many dead letters, and their ids, the newest first.
async fn dead_letters(many: usize) -> (World, Vec<String>) {
    let world = World::new(&vec![REFUSED; many]).await;
    let texts: Vec<String> = (0..many).map(|n| format!("text {n}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    world.send(&texts).await;
    let listed = world.get("dead-letters").await;
    let listed = listed["dead_letters"].as_array().expect("a list").iter();
    let ids: Vec<_> = listed
        .map(|one| one["message_id"].as_str().expect("an id").to_owned())
        .collect();
    assert_eq!(ids.len(), many);
    (world, ids)
}

fn result(id: &str, outcome: &str, execution: Option<&str>, reason: Option<&str>) -> Value {
    json!({ "message_id": id, "outcome": outcome, "execution": execution, "reason": reason })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dead_letters_are_sent_again_as_many_as_were_asked_for() {
    let (world, ids) = dead_letters(3).await;
    let again = |id: &String| format!("{id}-r1");

    let tried = world.run(WORKFLOW, &json!({ "dry_run": true })).await;
    let planned: Vec<_> = ids
        .iter()
        .map(|id| result(id, "would_be_redriven", Some(&again(id)), None))
        .collect();
    assert_eq!(tried, json!({ "messages": planned, "more": false }));
    assert!(world.sink.kept().is_empty(), "a dry run sends nothing");

    let some = world.run(WORKFLOW, &json!({ "limit": 2 })).await;
    let two: Vec<_> = ids[..2]
        .iter()
        .map(|id| result(id, "redriven", Some(&again(id)), None))
        .collect();
    assert_eq!(some, json!({ "messages": two, "more": true }));
    for id in &ids[..2] {
        world.completed(id).await;
    }
    assert_eq!(world.sink.kept().len(), 2);

    let rest = world.run(WORKFLOW, &json!({})).await;
    assert_eq!(
        rest,
        json!({ "messages": [result(&ids[2], "redriven", Some(&again(&ids[2])), None)], "more": false })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reason_chooses_the_dead_letters_that_give_it_exactly() {
    let (world, ids) = dead_letters(1).await;
    let listed = world.get("dead-letters").await;
    let reason = listed["dead_letters"][0]["reason"].as_str().expect("a reason");
    for (asked, found) in [(&reason[1..], 0), (reason, 1)] {
        let tried = world.run(WORKFLOW, &json!({ "dry_run": true, "reason": asked })).await;
        assert_eq!(
            tried["messages"].as_array().map(Vec::len),
            Some(found),
            "{asked}: {tried}"
        );
    }
    assert_eq!(ids.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_out_of_range_is_refused_by_its_name() {
    let world = World::new(&[]).await;
    for limit in [0, 101] {
        let ended = world
            .end(&world.start(WORKFLOW, &json!({ "limit": limit })).await)
            .await;
        assert_eq!(
            (&ended["status"], &ended["error"]),
            (&json!("FAILED"), &json!("Redrive.InvalidInput"))
        );
        assert_eq!(ended["cause"], format!("limit: is {limit}: ask for 1 to 100 messages"));
    }
}

/// Both list the same dead letters, and each of them is sent again once, by one execution.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_redrives_at_once_send_nothing_twice() {
    let (world, ids) = dead_letters(12).await;
    let (one, other) = (
        world.start(WORKFLOW, &json!({})).await,
        world.start(WORKFLOW, &json!({})).await,
    );
    for arn in [one, other] {
        let ended = world.end(&arn).await;
        assert_eq!(ended["status"], "SUCCEEDED", "{ended}");
        for result in ended["output"]["messages"].as_array().expect("a list") {
            let outcome = result["outcome"].as_str().expect("a text");
            assert!(["redriven", "taken"].contains(&outcome), "{result}");
        }
    }
    for id in &ids {
        world.completed(id).await;
    }
    assert_eq!(world.sink.kept().len(), ids.len());
}

/// The list that an execution works on may be old: whatever became of a message meanwhile is its result.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_changed_since_the_list_was_made_is_a_result() {
    let world = World::new(&[REFUSED]).await;
    let ids = world.send(&["fails", "arrives"]).await;
    let listed = |id: &str| json!({ "message_id": id, "execution": format!("{id}-r1") });
    let mut definition: Value = serde_json::from_str(DEFINITION).expect("JSON");
    definition["States"]["ListDeadLetters"] = json!({
        "Type": "Pass",
        "Assign": { "input": "{% $states.input %}" },
        "Output": { "messages": [listed(&ids[0]), listed(&ids[1]), listed("none")], "more": false },
        "Next": "ForEachDeadLetter",
    });
    let states = definition["States"].as_object_mut().expect("states");
    states
        .remove("RedriveInvalidInput")
        .expect("what the list alone led to");
    let definition = definition.to_string().replace(
        "${RedriveMessageArn}",
        "arn:aws:lambda:us-east-1:123456789012:function:redrive-message",
    );
    let role = "arn:aws:iam::123456789012:role/rez";
    let request = json!({ "name": "old-list", "definition": definition, "roleArn": role });
    let created = world.ask("CreateStateMachine", &request).await;
    assert!(created["stateMachineArn"].is_string(), "{created}");

    let report = world.run("old-list", &json!({})).await;
    let expected = json!([
        result(&ids[0], "redriven", Some(&format!("{}-r1", ids[0])), None),
        result(&ids[1], "taken", None, Some("the message is completed")),
        result("none", "not_found", None, Some("its item has expired")),
    ]);
    assert_eq!(report["messages"], expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_can_be_left_out_of_its_policy() {
    let all = Policies::of_workflows("dev");
    let mut without = 0;
    while let Some(rest) = all.without(WORKFLOW, without) {
        let world = World::held_to(rest, &[REFUSED]).await;
        world.send(&["fails"]).await;
        let arn = world.start(WORKFLOW, &json!({})).await;
        world.denied(&arn).await;
        without += 1;
    }
    assert_eq!(without, 2, "two functions");
}
