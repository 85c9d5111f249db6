//! No process outlives its server, however that ends, and nothing is lost.

use std::collections::HashSet;

use serde_json::json;
use tests::home::Serve;
use tests::ntfy::{NO_LIMITS, Ntfy, binaries};

use super::failing::{ARN, ask, over, start, with_unruly};
use super::{ended, gone, home, send, until};

/// The history of a message's execution, as text.
async fn history(serve: &Serve, id: &str) -> String {
    let arn = format!("arn:aws:states:us-east-1:123456789012:execution:process-message:{id}");
    let history = ask(serve, "GetExecutionHistory", json!({ "executionArn": arn })).await;
    history.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_leaves_no_process_and_the_next_one_goes_on() {
    let Some(binary) = binaries().pop() else { return };
    let ntfy = Ntfy::start(&binary, NO_LIMITS);
    let home = home().with("NTFY_URL", ntfy.url());
    let serve = home.serve();
    // Some have nothing to do after this and are frozen.
    for id in send(&serve, 8).await {
        assert_eq!(ended(&serve, &id).await["status"], "completed");
    }
    // With ntfy frozen, deliveries are under way when the server dies.
    ntfy.freeze();
    let ids = send(&serve, 8).await;
    let under_way = || async {
        let mut under_way = 0;
        for id in &ids {
            under_way += usize::from(history(&serve, id).await.contains("deliver-message"));
        }
        (under_way == ids.len()).then_some(())
    };
    until(under_way).await;
    let processes = serve.children();
    assert!(processes.len() > 1, "{processes:?}");
    serve.kill();
    gone(&processes).await;
    ntfy.thaw();

    let serve = home.serve();
    for id in &ids {
        assert_eq!(ended(&serve, id).await["status"], "completed");
    }
    let arrived = ntfy.messages("rez", None).await;
    let texts: HashSet<String> = arrived.iter().map(|message| message["message"].to_string()).collect();
    // Both batches have the same texts, each message an id of its own.
    assert_eq!(
        (texts.len(), arrived.len()),
        (8, 16),
        "what was under way was looked for before it was sent again"
    );
    serve.stop();
}

/// As a service manager does by default: everything of the service gets the signal, the server last of all here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_to_everybody_at_once_fails_no_call() {
    let (directory, home) = with_unruly("");
    let serve = home.serve();
    let [begun, file] = ["begun", "file"].map(|name| directory.path().join(name));
    let event = json!({ "do": "wait", "begun": begun, "file": file });
    let execution = start(&serve, "waits", &json!({ "Resource": ARN }), event).await;
    until(|| async { begun.exists().then_some(()) }).await;
    let processes = serve.children();
    let numbers = processes.iter().map(ToString::to_string);
    let told = std::process::Command::new("kill").arg("-TERM").args(numbers).status();
    assert!(told.expect("kill runs").success());
    serve.stop();
    gone(&processes).await;
    // Nobody retries it: a call that had failed would have failed the execution.
    std::fs::write(&file, "").expect("it can be written");
    let serve = home.serve();
    let ended = over(&serve, &execution).await;
    assert_eq!(ended["status"], "SUCCEEDED", "{ended}");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_waits_for_nobody_longer_than_five_seconds() {
    let Some(binary) = binaries().pop() else { return };
    let ntfy = Ntfy::start(&binary, NO_LIMITS);
    let home = home().with("NTFY_URL", ntfy.url());
    let serve = home.serve();
    ntfy.freeze();
    let id = send(&serve, 1).await.remove(0);
    until(|| async { (serve.children().len() > 1).then_some(()) }).await;
    let (processes, begun) = (serve.children(), std::time::Instant::now());
    serve.stop();
    let took = begun.elapsed();
    assert!(took.as_secs() < 6, "{took:?}");
    gone(&processes).await;
    ntfy.thaw();
    let serve = home.serve();
    assert_eq!(ended(&serve, &id).await["status"], "completed");
    serve.stop();
}
