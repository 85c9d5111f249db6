//! A server, and everybody who has to do with it: callers, a worker, whoever answers with tokens, senders of messages.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use server::{Config, Failure, Server, StartError};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::client::{self, Client};
use crate::{lambda, scenario};

/// How long everything together may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// What is said to be known: to standard output in a process that may die, and kept.
#[derive(Clone)]
pub(crate) struct Facts {
    aloud: bool,
    said: Arc<Mutex<Vec<Value>>>,
}

/// What begins a fact on standard output.
pub(crate) const SAID: &str = "fact: ";

impl Facts {
    fn say(&self, fact: Value) {
        if self.aloud {
            println!("{SAID}{fact}");
        }
        self.said.lock().unwrap().push(fact);
    }
}

/// What is there at the end.
pub(crate) struct Seen {
    /// What was said by this process.
    pub(crate) said: Vec<Value>,
    /// Descriptions and histories of executions, by ARN.
    pub(crate) executions: Vec<(Value, Vec<Value>)>,
    /// The messages' items: one that is delivered, one that is stopped, one that cannot be delivered, and one of a schedule.
    pub(crate) messages: [Value; 4],
    /// The notifications in the inbox.
    pub(crate) inbox: Vec<Value>,
}

/// Runs a server on the directory until everything has ended. `before` is what processes before this one have said.
pub(crate) fn run(directory: &Path, before: &[Value], aloud: bool) -> Seen {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let facts = Facts {
        aloud,
        said: Arc::default(),
    };
    let all = async { tokio::time::timeout(PATIENCE, everything(directory, before, &facts)).await };
    runtime.block_on(all).expect("everything ends in time")
}

async fn everything(directory: &Path, before: &[Value], facts: &Facts) -> Seen {
    let (tokens, heard) = unbounded_channel();
    before
        .iter()
        .filter_map(|fact| fact["token"].as_str())
        .for_each(|token| tokens.send(token.to_owned()).unwrap());
    let server = start(directory, facts, &tokens).await;
    let client = Client::of(&server);
    still_there(&client, before).await;
    prepare(&client).await;
    let others = [
        tokio::spawn(answer(client.clone(), heard)),
        tokio::spawn(work(client.clone(), facts.clone(), tokens)),
    ];
    let messages = messages(&client, facts);
    let scheduled = scheduled(&client, facts);
    let ((), [one, two, three], four) = tokio::join!(executions(&client, facts), messages, scheduled);
    while client.anything_runs().await {
        client::pause().await;
    }
    let seen = Seen {
        executions: client.executions().await,
        messages: [
            client.message(&one).await,
            client.message(&two).await,
            client.message(&three).await,
            client.message(&four).await,
        ],
        inbox: client.inbox().await,
        said: facts.said.lock().unwrap().clone(),
    };
    others.iter().for_each(tokio::task::JoinHandle::abort);
    server.shutdown().await;
    seen
}

/// Starts a server on a directory whose last process may still be letting go of it.
async fn start(directory: &Path, facts: &Facts, tokens: &UnboundedSender<String>) -> Server {
    let (facts, tokens) = (facts.clone(), tokens.clone());
    let heard = move |function: &str, payload: Value| {
        if function == "callback" {
            facts.say(json!({ "token": payload["token"], "of": "callback" }));
            if facts.aloud && server::has_failed() == Some(Failure::Hasty) {
                std::process::abort();
            }
            // Nobody listens any more at the very end.
            let _ = tokens.send(payload["token"].as_str().unwrap().to_owned());
        }
    };
    let config = Config {
        lambda_endpoint: Some(lambda::start(Arc::new(heard)).await),
        ..Config::new(directory)
    };
    while overdue(directory).await.is_err() {
        client::pause().await;
    }
    loop {
        match server::start(config.clone()).await {
            Err(StartError::Journal(journal::OpenError::InUse { .. }) | StartError::Recovery { .. }) => {
                client::pause().await;
            }
            started => return started.unwrap(),
        }
    }
}

/// Puts two schedules into the journal of a directory, once: one whose only time is long over, and one of a later version
/// of this program. An error says that somebody else still has the directory.
async fn overdue(directory: &Path) -> Result<(), journal::OpenError> {
    let journal = journal::Journal::open(directory)?;
    let at: jiff::Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
    let definition = json!({
        "expression": "at(2020-01-01T00:00:00)", "timezone": "UTC", "enabled": true, "catch_up": 60,
        "message": { "body": "too late" },
    });
    let readable = json!({ "definition": definition, "created_at": at, "updated_at": at });
    for (name, document) in [("too-late", readable), ("of-a-later-version", json!({}))] {
        let schedule = journal::Schedule {
            name: name.to_owned(),
            version: 1,
            owner: None,
            due: Some(at),
            fired: None,
            document: document.to_string(),
        };
        // It is there from the second time on.
        let _ = journal.commit(journal::Batch::creating_schedule(schedule)).await;
    }
    journal.close();
    Ok(())
}

/// The message of a schedule that fires once.
async fn scheduled(client: &Client, facts: &Facts) -> String {
    let id = client.schedule_once("once", "scheduled").await;
    facts.say(json!({ "accepted": id }));
    client.reaches(&id, "completed").await;
    id
}

/// What was acknowledged is there, and what had ended is as it was.
async fn still_there(client: &Client, before: &[Value]) {
    for fact in before {
        if let Some(arn) = fact["acknowledged"].as_str() {
            client.describe(arn).await;
        }
        if let Some(id) = fact["accepted"].as_str() {
            assert_eq!(client.message(id).await["message_id"], id);
        }
        if let Some(arn) = fact["ended"].as_str() {
            assert_eq!(client.describe(arn).await["stopDate"], fact["at"], "{arn}");
            assert_eq!(client.history(arn).await.len(), fact["events"], "{arn}");
        }
    }
}

async fn prepare(client: &Client) {
    for (name, definition) in scenario::machines() {
        let created = client.create(name, &definition).await;
        if name == "nap" {
            let role = "arn:aws:iam::123456789012:role/another";
            let update = json!({ "stateMachineArn": created, "roleArn": role });
            client.call("UpdateStateMachine", update).await.unwrap();
        }
    }
    let tags = json!({ "resourceArn": scenario::arn("nap"), "tags": [{ "key": "k", "value": "v" }] });
    client.call("TagResource", tags).await.unwrap();
    let (_, any) = &scenario::machines()[1];
    let doomed = client.create("doomed", any).await;
    client
        .call("DeleteStateMachine", json!({ "stateMachineArn": doomed }))
        .await
        .unwrap();
    let tags = json!([{ "key": "k", "value": "v" }]);
    for name in ["worker", "idle"] {
        let created = json!({ "name": name, "tags": tags });
        client.call("CreateActivity", created).await.unwrap();
    }
    // Whoever created it: it has had its tags from the beginning.
    let tagged = client
        .call("ListTagsForResource", json!({ "resourceArn": scenario::WORKER }))
        .await;
    assert_eq!(tagged.unwrap()["tags"], tags);
    let idle = scenario::WORKER.replace("worker", "idle");
    client
        .call("DeleteActivity", json!({ "activityArn": idle }))
        .await
        .unwrap();
}

/// Starts what is to be started, stops what is to be stopped, and says what has ended.
async fn executions(client: &Client, facts: &Facts) {
    let mut started = Vec::new();
    for (machine, name, status) in scenario::STARTED {
        let arn = client.start(machine, name).await;
        facts.say(json!({ "acknowledged": arn }));
        started.push((arn, status));
    }
    for (arn, status) in started {
        if status == "ABORTED" {
            // Those that come too late find an execution that is over.
            let stops = (0..8).map(|_| client.call("StopExecution", json!({ "executionArn": arn })));
            futures_util::future::join_all(stops).await;
        }
        if arn.contains(scenario::AGAIN) {
            client.ended(&arn).await;
            // Whoever has redriven it before, it was under this token.
            let redrive = json!({ "executionArn": arn, "clientToken": "once" });
            client.call("RedriveExecution", redrive).await.unwrap();
        }
        if !status.is_empty() {
            let ended = client.ended(&arn).await;
            assert_eq!(ended["status"], status, "{ended}");
            let events = client.history(&arn).await.len();
            facts.say(json!({ "ended": arn, "at": ended["stopDate"], "events": events }));
        }
    }
}

/// One message is delivered, one is stopped, and one is none that could be delivered and is sent again in vain.
async fn messages(client: &Client, facts: &Facts) -> [String; 3] {
    let one = client.send(&json!({ "body": "hello", "dedup_key": "one" })).await;
    facts.say(json!({ "accepted": one }));
    let at = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let two = client
        .send(&json!({ "body": "later", "dedup_key": "two", "deliver_at": at }))
        .await;
    facts.say(json!({ "accepted": two }));
    client
        .call("StopExecution", json!({ "executionArn": client::carrier(&two) }))
        .await
        .unwrap();
    client.reaches(&one, "completed").await;
    client.reaches(&two, "cancelled").await;
    let three = undeliverable(client, &one).await;
    client.reaches(&three, "failed").await;
    client.redrive(&three).await;
    client.reaches(&three, "failed").await;
    [one, two, three]
}

/// Starts an execution for a message like another, but of a topic that ntfy keeps for itself.
async fn undeliverable(client: &Client, like: &str) -> String {
    let described = client.describe(&client::carrier(like)).await;
    let mut input: Value = serde_json::from_str(described["input"].as_str().unwrap()).unwrap();
    let last = if like.ends_with('a') { 'b' } else { 'a' };
    let id = format!("{}{last}", &like[..like.len() - 1]);
    input["message_id"] = json!(id);
    input["topic"] = json!("docs");
    client.start_with("process-message", &id, &input.to_string()).await;
    id
}

/// Answers with tokens once what they are for is known to wait.
async fn answer(client: Client, mut tokens: UnboundedReceiver<String>) {
    while let Some(token) = tokens.recv().await {
        client.waits_for_token().await;
        // A token that was heard twice is over the second time.
        let _ = client
            .call("SendTaskSuccess", json!({ "taskToken": token, "output": "\"done\"" }))
            .await;
    }
}

/// A worker that answers at once.
async fn work(client: Client, facts: Facts, _: UnboundedSender<String>) {
    loop {
        let Ok(task) = client
            .call("GetActivityTask", json!({ "activityArn": scenario::WORKER }))
            .await
        else {
            return;
        };
        if let Some(token) = task["taskToken"].as_str() {
            facts.say(json!({ "token": token, "of": "worker" }));
            let done = json!({ "taskToken": token, "output": "\"done\"" });
            // It may have taken too long.
            let _ = client.call("SendTaskSuccess", done).await;
        }
    }
}

/// Makes the state of the execution `spoiled` unreadable, as a later version's would be.
pub(crate) fn spoil(directory: &Path) {
    let journal = rusqlite::Connection::open(directory.join("journal.sqlite")).unwrap();
    let spoiled =
        "UPDATE unfinished SET state = x'00' WHERE execution = (SELECT id FROM executions WHERE name = 'spoiled')";
    assert_eq!(journal.execute(spoiled, []).unwrap(), 1);
}
