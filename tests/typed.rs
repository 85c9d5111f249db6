//! Typed workflows on a real server: what is printed is taken, run, and does what the author wrote.

use std::time::Duration;

use expr::{Expr, Is, Item, Never, Shape, TaskToken};
use flow::{Failure, Scope, Then, Through, Unanswered, Unwritten, Workflow, item, value, workflow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use server::{Config, Server};

/// A table that every server has; its key is the name.
const TABLE: &str = "rez-agent-circuit-breaker-dev";

#[derive(Serialize, Deserialize, JsonSchema, Shape)]
struct Basket {
    owner: String,
    parcels: Vec<Parcel>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape, Item)]
struct Parcel {
    #[serde(rename = "service_name")]
    id: String,
    grams: u32,
    note: Option<String>,
    #[serde(default, rename = "wünsche")]
    wishes: Vec<String>,
}

#[derive(Serialize, Deserialize, Shape, Item)]
struct ParcelKey {
    service_name: String,
}

#[derive(Serialize, Deserialize, Shape)]
struct Question {
    token: TaskToken,
    owner: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
struct Shipped {
    grams: u32,
    first: Option<Parcel>,
    fresh: Vec<bool>,
    approved: bool,
}

fn broken<'s>(w: &Scope<'s, '_>, _: &Expr<'s, Basket>, failure: &Failure<'s>) -> Then<'s, Never> {
    w.named("Broken").fail_because("Basket.Broken", &failure.error)
}

/// Stores every parcel that is not there yet, and says whether it was not.
fn store<'s>(w: &Scope<'s, '_>, basket: &Expr<'s, Basket>) -> Expr<'s, Vec<bool>> {
    w.max_concurrency(1).map::<Parcel, bool>(
        "StoreParcel",
        &basket.parcels,
        |w, parcel| {
            let key = ParcelKeyExpr {
                service_name: &parcel.value.id,
            };
            let known = w.dynamodb_get_item::<Parcel, ParcelKey>("Parcels", key, |w, _| w.fail("Basket.Unread"));
            w.dynamodb_put_item_if::<Parcel>(
                "Parcels",
                &parcel.value,
                |stored| item::is_absent(&stored.id),
                |w, unwritten| match unwritten {
                    Unwritten::ConditionFailed => value(()),
                    Unwritten::Failed(failure) => w.fail_because("Basket.Unwritten", &failure.error),
                },
            );
            value(!known.is_some())
        },
        |w, failure| w.fail_because("Basket.NotStored", &failure.error),
    )
}

/// Stores the parcels; then asks whether they may go while it weighs the first one.
fn ship() -> Workflow {
    workflow::<Basket, Shipped>("ship", broken, |w, basket| {
        let fresh = store(w, &basket);
        let asking = w.branch("Asking", |w| {
            let approved = w.wait_for_token::<bool, Question>(
                600,
                Through::Queue("Approvals"),
                |token| {
                    QuestionExpr {
                        token,
                        owner: &basket.owner,
                    }
                    .expr()
                },
                |w, unanswered| match unanswered {
                    Unanswered::Timeout | Unanswered::HeartbeatTimeout => value(false),
                    Unanswered::Failed(failure) => w.fail_because("Basket.Undecided", &failure.error),
                },
            );
            value::<bool>(approved)
        });
        let weighing = w.branch("Weighing", |w| {
            let key = || ParcelKeyExpr {
                service_name: &basket.owner,
            };
            w.dynamodb_update_item::<Parcel, ParcelKey, _>(
                "Parcels",
                key(),
                |stored| [item::add(&stored.grams, 20), item::set(&stored.note, "weighed")],
                |w, _| w.fail("Basket.Unwritten"),
            );
            let first = w.dynamodb_get_item::<Parcel, ParcelKey>("Parcels", key(), |w, _| w.fail("Basket.Unread"));
            value::<Option<Parcel>>(first)
        });
        let both = w.parallel((asking, weighing), |w, failure| {
            w.fail_because("Basket.Stuck", &failure.error)
        });
        let grams = w.if_some_else(&both.1, |_, first| value::<u32>(&first.grams), |_| value(0));
        value(ShippedExpr {
            grams,
            first: &both.1,
            fresh,
            approved: &both.0,
        })
    })
}

/// The wire API of a server.
struct Client(String);

impl Client {
    async fn call(&self, operation: &str, parameters: &Value) -> Value {
        let request = reqwest::Client::new()
            .post(&self.0)
            .header("X-Amz-Target", format!("AWSStepFunctions.{operation}"))
            .body(parameters.to_string());
        let response = request.send().await.expect("an answer");
        let status = response.status();
        let answer = response.json().await.expect("JSON");
        assert!(status.is_success(), "{operation}: {answer}");
        answer
    }

    async fn create(&self, workflow: &Workflow) -> String {
        assert_eq!(workflow.findings, []);
        let definition = asl::print(&workflow.definition)
            .replace("${ParcelsTable}", TABLE)
            .replace(
                "${ApprovalsUrl}",
                "https://sqs.us-east-1.amazonaws.com/123456789012/approvals",
            );
        let role = "arn:aws:iam::123456789012:role/anybody";
        let machine = json!({ "name": workflow.name, "definition": definition, "roleArn": role });
        let created = self.call("CreateStateMachine", &machine).await;
        created["stateMachineArn"].as_str().expect("an ARN").to_owned()
    }

    async fn start(&self, machine: &str, input: &Value) -> String {
        let start = json!({ "stateMachineArn": machine, "input": input.to_string() });
        let started = self.call("StartExecution", &start).await;
        started["executionArn"].as_str().expect("an ARN").to_owned()
    }

    /// Asks until the answer is there.
    async fn until<T>(&self, operation: &str, execution: &str, answer: impl Fn(&Value) -> Option<T>) -> T {
        let asked = async {
            loop {
                let found = self.call(operation, &json!({ "executionArn": execution })).await;
                if let Some(found) = answer(&found) {
                    return found;
                }
            }
        };
        let patience = Duration::from_mins(1);
        tokio::time::timeout(patience, asked).await.expect("it comes to that")
    }

    /// The token that the execution has sent.
    async fn token(&self, execution: &str) -> String {
        let asked = |history: &Value| {
            let events = history["events"].as_array()?.iter();
            let mut sent = events.filter_map(|event| event["taskScheduledEventDetails"]["parameters"].as_str());
            sent.find_map(|sent| {
                let parameters: Value = serde_json::from_str(sent).ok()?;
                Some(parameters["MessageBody"]["token"].as_str()?.to_owned())
            })
        };
        self.until("GetExecutionHistory", execution, asked).await
    }

    async fn ended(&self, execution: &str) -> Value {
        let ended = |described: &Value| (described["status"] != "RUNNING").then(|| described.clone());
        self.until("DescribeExecution", execution, ended).await
    }
}

async fn server() -> (tempfile::TempDir, Server, Client) {
    let directory = tempfile::tempdir().expect("a directory");
    let server = server::start(Config::new(directory.path())).await.expect("it starts");
    let client = Client(format!("http://{}/", server.addresses.sfn));
    (directory, server, client)
}

#[tokio::test]
async fn parcels_are_stored_asked_about_and_weighed() {
    let (_directory, server, client) = server().await;
    let machine = client.create(&ship()).await;
    let input = json!({ "owner": "a", "parcels": [
        { "service_name": "a", "grams": 300, "note": null, "wünsche": ["leise"] },
        { "service_name": "b", "grams": 5, "note": "thin" },
        { "service_name": "a", "grams": 999, "note": null },
    ] });
    let execution = client.start(&machine, &input).await;
    let token = client.token(&execution).await;
    let answer = json!({ "taskToken": token, "output": "true" });
    client.call("SendTaskSuccess", &answer).await;
    let ended = client.ended(&execution).await;
    assert_eq!(ended["status"], "SUCCEEDED", "{ended}");
    let output: Shipped = serde_json::from_str(ended["output"].as_str().expect("an output")).expect("a `Shipped`");
    let weighed = Parcel {
        id: "a".into(),
        grams: 320,
        note: Some("weighed".into()),
        wishes: vec!["leise".into()],
    };
    assert_eq!(
        (output.grams, output.first, output.approved),
        (320, Some(weighed), true)
    );
    assert_eq!(output.fresh, [true, true, false]);
    server.shutdown().await;
}

#[tokio::test]
async fn a_refusal_fails_the_branch_and_says_why() {
    let (_directory, server, client) = server().await;
    let machine = client.create(&ship()).await;
    let execution = client
        .start(&machine, &json!({ "owner": "nobody", "parcels": [] }))
        .await;
    let token = client.token(&execution).await;
    let answer = json!({ "taskToken": token, "error": "Approver.Declined", "cause": "no" });
    client.call("SendTaskFailure", &answer).await;
    let ended = client.ended(&execution).await;
    assert_eq!(
        (&ended["error"], &ended["cause"]),
        (&json!("Basket.Stuck"), &json!("Basket.Undecided"))
    );
    server.shutdown().await;
}
