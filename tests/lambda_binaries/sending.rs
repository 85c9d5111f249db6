//! Messages go through processes as they go through what is linked.

use std::collections::HashMap;
use std::time::Instant;

use serde_json::Value;
use tests::ntfy::{NO_LIMITS, Ntfy, binaries};

use super::{ended, gone, home, send};

fn messages() -> usize {
    let given = std::env::var("REZ_LAMBDA_MESSAGES").ok();
    given.and_then(|number| number.parse().ok()).unwrap_or(60)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_reach_ntfy_once_through_the_binaries_of_lambda() {
    let Some(binary) = binaries().pop() else { return };
    let (ntfy, messages) = (Ntfy::start(&binary, NO_LIMITS), messages());
    let home = home().with("NTFY_URL", ntfy.url());
    let serve = home.serve();
    let begun = Instant::now();
    let ids = send(&serve, messages).await;
    for id in &ids {
        let message = ended(&serve, id).await;
        assert_eq!(message["status"], "completed", "{message}");
        assert!(message["receipt"]["ntfy_id"].is_string(), "{message}");
    }
    let took = begun.elapsed().as_secs_f64();
    let processes = serve.children();
    eprintln!(
        "{messages} messages through {} processes in {took:.1} s",
        processes.len()
    );
    let mut arrived: HashMap<String, usize> = HashMap::new();
    for message in ntfy.messages("rez", None).await {
        *arrived.entry(message["message"].to_string()).or_default() += 1;
    }
    assert!(
        arrived.len() == messages && arrived.values().all(|times| *times == 1),
        "{arrived:?}"
    );

    let text = serve
        .http
        .get(format!("{}/metrics", serve.api))
        .send()
        .await
        .expect("an answer");
    let text = text.text().await.expect("text");
    let counted = |metric: &str, label: &str| {
        let line = format!("RezAgent_{metric}_total{{Stage=\"dev\",Status=\"{label}\"}} {messages}");
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    };
    counted("MessagesProcessed", "completed");
    counted("NotificationsSent", "sent");

    let log = serve.stop();
    assert!(!processes.is_empty());
    gone(&processes).await;
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    for function in ["persist-message", "deliver-message", "record-outcome"] {
        let of_it = lines
            .iter()
            .filter(|line| line["function"] == function && line["message"] == "activity ended");
        let ids_of_it: Vec<&str> = of_it.filter_map(|line| line["message_id"].as_str()).collect();
        assert!(
            ids.iter().all(|id| ids_of_it.contains(&id.as_str())),
            "{function} has had each message"
        );
    }
    assert!(!log.contains("message 0"), "people's texts stay out of the log");
}

/// Dead letters are read and redriven by functions that ask Step Functions, Parameter Store, SNS and SQS.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_letter_is_redriven_by_the_binaries_of_lambda() {
    let Some(binary) = binaries().pop() else { return };
    let mut ntfy = Ntfy::start(&binary, NO_LIMITS);
    ntfy.stop();
    let home = home().with("NTFY_URL", ntfy.url());
    let serve = home.serve();
    let failed = home.rez(&["send", "lost", "--patience", "0"]);
    assert_eq!(failed.code, 3, "{failed:?}");
    let letters = home.rez(&["dlq", "--json"]).ends_with(0).json();
    let id = letters[0]["message_id"].as_str().expect("an id").to_owned();
    ntfy.start_again();
    let redriven = home.rez(&["dlq", "redrive", "--workflow"]).ends_with(0);
    assert!(redriven.out.contains(&id), "{redriven:?}");
    let message = super::until(|| async {
        let message = serve.message(&id).await;
        (message["status"] == "completed").then_some(message)
    });
    assert!(message.await["receipt"]["ntfy_id"].is_string());
    assert_eq!(home.rez(&["dlq", "--json"]).ends_with(0).json().len(), 0);
    let log = serve.stop();
    for function in ["list-dead-letters", "redrive-message"] {
        assert!(
            log.contains(&format!("\"function\":\"{function}\"")),
            "{function} has run as a process"
        );
    }
}
