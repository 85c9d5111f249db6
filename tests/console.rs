//! The console in a real browser. Skipped, with a word, where node, Chromium or the tools of `tests/tools/install` are
//! missing. `REZ_SCREENSHOTS=DIR` keeps pictures of every page.

mod pages;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use reqwest::redirect::Policy;
use serde_json::{Value, json};
use server::{Config, Ntfy, Server};
use tempfile::TempDir;
use tests::sink::Sink;
use tests::tools;
use tokio::sync::Mutex;

/// How long an execution may take to come where a test wants it.
const PATIENCE: Duration = Duration::from_mins(1);

/// One browser at a time: several would only wait for each other.
static BROWSER: Mutex<()> = Mutex::const_new(());

/// What the scenarios need of this machine.
pub(crate) struct Tools {
    node: PathBuf,
    chromium: PathBuf,
    packages: PathBuf,
}

impl Tools {
    pub(crate) fn find() -> Option<Self> {
        let packages = tools::file("browser")?;
        let chromium = ["chromium", "chromium-browser", "google-chrome"]
            .into_iter()
            .find_map(in_path);
        let node = in_path("node");
        if node.is_none() || chromium.is_none() {
            eprintln!(
                "skipped: the console's pages are looked at with node and Chromium, and one is not on this machine"
            );
        }
        Some(Self {
            node: node?,
            chromium: chromium?,
            packages,
        })
    }
}

fn in_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join(name))
        .find(|file| file.is_file())
}

/// A server with an ntfy that fails its first requests in these ways; time passes in it as it does.
struct World {
    sink: Sink,
    server: Server,
    http: reqwest::Client,
    // Deleted when the server is gone.
    _directory: TempDir,
}

impl World {
    async fn new(ways: &[&str]) -> Self {
        let sink = Sink::scripted(ways).await;
        let directory = tempfile::tempdir().expect("a temporary directory");
        let config = Config {
            ntfy: Ntfy {
                url: Some(sink.url.clone()),
                topic: "rez".to_owned(),
                token: None,
            },
            ..Config::new(directory.path())
        };
        Self {
            server: server::start(config).await.expect("it starts"),
            sink,
            http: tests::signed_in::builder(directory.path())
                .redirect(Policy::none())
                .build()
                .expect("a client"),
            _directory: directory,
        }
    }

    async fn ask(&self, operation: &str, request: &Value) -> Value {
        let target = format!("AWSStepFunctions.{operation}");
        let request = self
            .http
            .post(format!("http://{}/", self.server.addresses.sfn))
            .body(request.to_string());
        let answer = request.header("X-Amz-Target", target).send().await.expect("an answer");
        let answer: Value = answer.json().await.expect("JSON");
        assert!(answer.get("__type").is_none(), "{operation}: {answer}");
        answer
    }

    async fn start(&self, machine: &str, name: &str, input: &Value) -> String {
        let machine = format!("arn:aws:states:us-east-1:123456789012:stateMachine:{machine}");
        let request = json!({ "stateMachineArn": machine, "name": name, "input": input.to_string() });
        self.ask("StartExecution", &request).await["executionArn"]
            .as_str()
            .expect("an ARN")
            .to_owned()
    }

    /// A message that has failed.
    async fn failed(&self, id: &str) {
        let input = json!({ "body": format!("The text of {id}"), "title": format!("Disk of {id} is full") });
        let arn = self.start("process-message", id, &input).await;
        self.until(&arn, |status| status == "FAILED").await;
    }

    /// A message that ntfy is asked to take.
    async fn sent(&self, id: &str) -> String {
        self.start("process-message", id, &json!({ "body": format!("The text of {id}") }))
            .await
    }

    async fn until(&self, arn: &str, holds: impl Fn(&str) -> bool) {
        let reached = async {
            loop {
                let described = self.ask("DescribeExecution", &json!({ "executionArn": arn })).await;
                if holds(described["status"].as_str().unwrap_or_default()) {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, reached).await.expect("it comes in time");
    }

    /// Somebody else's state machine, and an execution of it that waits at its end.
    async fn order(&self) {
        let definition = include_str!("console/order.asl.json");
        let role = "arn:aws:iam::123456789012:role/orders";
        let request = json!({ "name": "order", "definition": definition, "roleArn": role });
        self.ask("CreateStateMachine", &request).await;
        let item = |number: u32| json!({ "sku": format!("A-{number}"), "stock": u32::from(number != 1), "quantity": number + 1 });
        let items: Vec<Value> = (0..5).map(item).collect();
        let input = json!({ "customer": { "name": "Ada", "known": false }, "pickup": 3_600, "items": items });
        self.start("order", "running", &input).await;
    }

    /// Plays a scenario of `tests/console/browser.mjs`, which ends by itself.
    async fn plays(&self, tools: &Tools, scenario: &str, told: &[(&str, &str)]) {
        let _alone = BROWSER.lock().await;
        let session = tests::signed_in::session(&self.server).await;
        let mut command = self.command(tools, scenario, told);
        command.env("SESSION", session);
        let sink = self.sink.clone();
        let released = move |asked: &str| match asked {
            "release" => sink.release(),
            other => panic!("nobody knows how to {other}"),
        };
        let played = tokio::task::spawn_blocking(move || play(command, released)).await;
        let (well, said) = played.expect("it does not panic");
        assert!(well, "{scenario}: {said}");
    }

    fn command(&self, tools: &Tools, scenario: &str, told: &[(&str, &str)]) -> Command {
        let mut command = tools.command(&format!("http://{}", self.server.addresses.api), scenario);
        command.envs(told.iter().copied());
        command
    }
}

impl Tools {
    /// The command that plays a scenario of `tests/console/browser.mjs` against a server.
    pub(crate) fn command(&self, console: &str, scenario: &str) -> Command {
        let script = tests::root().join("tests/console/browser.mjs");
        let mut command = Command::new(&self.node);
        command.arg(script).arg(scenario).env("CONSOLE", console);
        command
            .env("BROWSER_TOOLS", &self.packages)
            .env("CHROMIUM", &self.chromium);
        if let Some(directory) = std::env::var_os("REZ_SCREENSHOTS") {
            command.env("SCREENSHOTS", directory);
        }
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

/// Runs the script and does what it asks for; whether it went well, and what it said.
pub(crate) fn play(mut command: Command, does: impl Fn(&str)) -> (bool, String) {
    let mut process = command.spawn().expect("node starts");
    let mut stdin = process.stdin.take().expect("it is piped");
    let mut said = String::new();
    for line in BufReader::new(process.stdout.take().expect("it is piped"))
        .lines()
        .map_while(Result::ok)
    {
        match line.strip_prefix("do: ") {
            Some(asked) => {
                does(asked);
                stdin.write_all(b"done\n").expect("the script listens");
            }
            None => said.push_str(&line),
        }
    }
    let output = process.wait_with_output().expect("it ends");
    let well = output.status.success() && said.ends_with("done");
    (well, format!("{said}\n{}", String::from_utf8_lossy(&output.stderr)))
}

/// A refusal of ntfy's that no retry mends.
const REFUSED: &str = "40024";

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_accessible_at_every_width_and_in_both_schemes() {
    let Some(tools) = Tools::find() else { return };
    let world = World::new(&[REFUSED, REFUSED]).await;
    world.failed("full").await;
    world.failed("fuller").await;
    let arn = world.sent("fine").await;
    world.until(&arn, |status| status == "SUCCEEDED").await;
    world.order().await;
    let pages = "sign-in=/sign-in
sign-out=/sign-out
messages=/console/messages
messages-none=/console/messages?q=nothing-has-this
compose=/console/messages/new
message-failed=/console/messages/full
message-completed=/console/messages/fine
dead-letters=/console/dead-letters
health=/console/health
docs=/docs
docs-send=/docs/sendMessage
docs-list=/docs/listMessages
docs-change=/docs/changeSchedule
docs-watch=/docs/watchEvents
schedules=/console/schedules
schedule-new=/console/schedules/new
machines=/console/machines
machine=/console/machines/order
machine-none=/console/machines/order?status=TIMED_OUT
start-json=/console/machines/order/start
start-form=/console/machines/escalate-message/start
execution=/console/executions/order:running
execution-state=/console/executions/order:running?state=ReserveItems
execution-retried=/console/executions/order:running?state=OrderMore&event=2
execution-whole=/console/executions/order:running?left=whole&side=data
execution-timeline=/console/executions/order:running?left=timeline&side=definition&state=InStock
execution-failed=/console/executions/process-message:full?state=DeliverMessage";
    world.plays(&tools, "pages", &[("PAGES", pages)]).await;
    world.plays(&tools, "absent", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_written_and_seen_to_arrive() {
    let Some(tools) = Tools::find() else { return };
    let world = World::new(&["a late answer"]).await;
    world.plays(&tools, "compose", &[]).await;
    assert_eq!(world.sink.kept()[0].text, "Tea is ready");
    world.plays(&tools, "mistakes", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_say_when_a_page_is_old() {
    let Some(tools) = Tools::find() else { return };
    let world = World::new(&["a late answer"]).await;
    world.sent("held").await;
    world.plays(&tools, "events", &[("MESSAGE", "held")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_tried_from_its_page() {
    let Some(tools) = Tools::find() else { return };
    let world = World::new(&[]).await;
    world.plays(&tools, "docs", &[]).await;
    assert_eq!(world.sink.kept()[0].text, "Tried from the page");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_is_made_changed_paused_and_deleted() {
    let Some(tools) = Tools::find() else { return };
    let world = World::new(&[]).await;
    world.plays(&tools, "schedule", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_message_is_sent_again_and_arrives() {
    let Some(tools) = Tools::find() else { return };
    let world = World::new(&[REFUSED]).await;
    world.failed("full").await;
    world.plays(&tools, "redrive", &[("MESSAGE", "full")]).await;
    assert_eq!(world.sink.kept().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_is_seen_while_it_runs() {
    let Some(tools) = Tools::find() else { return };
    let world = World::new(&["a late answer"]).await;
    world.sent("held").await;
    world.plays(&tools, "running", &[("MESSAGE", "held")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_definition_is_shown_as_well_as_ours() {
    let Some(tools) = Tools::find() else { return };
    let world = World::new(&[]).await;
    world.order().await;
    world.plays(&tools, "foreign", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_that_failed_is_redriven_by_its_button() {
    let Some(tools) = Tools::find() else { return };
    let world = World::new(&[REFUSED]).await;
    let redriven = "{% $states.context.Execution.RedriveCount > 0 %}";
    let definition = json!({ "QueryLanguage": "JSONata", "StartAt": "Decide", "States": {
        "Decide": { "Type": "Choice", "Choices": [{ "Condition": redriven, "Next": "Done" }] },
        "Done": { "Type": "Succeed" } } });
    let role = "arn:aws:iam::123456789012:role/any";
    let request = json!({ "name": "undecided", "definition": definition.to_string(), "roleArn": role });
    world.ask("CreateStateMachine", &request).await;
    for name in ["one", "two"] {
        let arn = world.start("undecided", name, &json!({})).await;
        world.until(&arn, |status| status == "FAILED").await;
    }
    world.failed("full").await;
    world.plays(&tools, "redriven", &[("MESSAGE", "full")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_reached_by_keyboard() {
    let Some(tools) = Tools::find() else { return };
    let world = World::new(&[REFUSED]).await;
    world.failed("full").await;
    world.plays(&tools, "keyboard", &[("MESSAGE", "full")]).await;
    assert_eq!(world.sink.kept()[0].text, "By keyboard alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_work_without_a_script() {
    let Some(tools) = Tools::find() else { return };
    let world = World::new(&[REFUSED]).await;
    world.failed("full").await;
    world.order().await;
    world.plays(&tools, "plain", &[("MESSAGE", "full")]).await;
}
