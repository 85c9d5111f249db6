//! One key, many requests at once.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::home::Home;
use tokio::task::JoinSet;

/// How many ask at the same time.
const AT_ONCE: usize = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_requests_under_one_key_are_one_message_and_one_execution() {
    let home = Home::new();
    let serve = home.serve();
    let mut asking = JoinSet::new();
    for _ in 0..AT_ONCE {
        let request = serve.http.post(format!("{}/api/messages", serve.api));
        let request = request
            .header("Idempotency-Key", "once")
            .json(&json!({ "body": "one of many" }));
        asking.spawn(async move {
            let answer = request.send().await.expect("an answer");
            let replayed = answer.headers().contains_key("Idempotent-Replayed");
            let status = answer.status().as_u16();
            let body: Value = answer.json().await.expect("JSON");
            (status, replayed, body["message_id"].to_string())
        });
    }
    let answers = asking.join_all().await;
    assert!(answers.iter().all(|(status, ..)| *status == 202), "{answers:?}");
    let ids: BTreeSet<_> = answers.iter().map(|(_, _, id)| id).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert_eq!(
        answers.iter().filter(|(_, replayed, _)| !replayed).count(),
        1,
        "one was the first"
    );

    let executions = home.rez(&["executions", "--json"]).ends_with(0).json();
    assert_eq!(executions.len(), 1, "{executions:?}");
    assert_eq!(home.rez(&["messages", "--json"]).ends_with(0).json().len(), 1);
}
