//! A client that asks again when the server could not.

use std::time::Duration;

use authorizer::Lifetime;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use server::{Identity, Server};

use crate::scenario;

/// How often a request is repeated that the server could not answer.
const TRIES: usize = 20;

/// A client of the wire API and of the messages' API.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    sfn: String,
    api: String,
}

/// Between two looks at another process's work: there is nothing to wait on.
pub(crate) async fn pause() {
    tokio::time::sleep(Duration::from_millis(25)).await;
}

/// The execution that carries a message.
pub(crate) fn carrier(id: &str) -> String {
    arn("process-message", id)
}

fn arn(machine: &str, name: &str) -> String {
    format!("arn:aws:states:us-east-1:123456789012:execution:{machine}:{name}")
}

/// A client that shows a token of the server's owner. The wire API does not look at it.
fn signed_in(server: &Server) -> reqwest::Client {
    let identity = Identity::open(&server.data_dir).unwrap();
    let year = Lifetime::new(jiff::SignedDuration::from_hours(24 * 366)).unwrap();
    let token = identity.owners_token(year, jiff::Timestamp::now()).unwrap();
    let bearer = format!("Bearer {}", token.expose_secret()).parse().unwrap();
    let headers = [(reqwest::header::AUTHORIZATION, bearer)].into_iter().collect();
    reqwest::Client::builder().default_headers(headers).build().unwrap()
}

impl Client {
    pub(crate) fn of(server: &Server) -> Self {
        Self {
            http: signed_in(server),
            sfn: format!("http://{}/", server.addresses.sfn),
            api: format!("http://{}", server.addresses.api),
        }
    }

    /// The answer, or the error's code.
    pub(crate) async fn call(&self, operation: &str, parameters: Value) -> Result<Value, String> {
        let target = format!("AWSStepFunctions.{operation}");
        let request = || {
            self.http
                .post(&self.sfn)
                .header("X-Amz-Target", &target)
                .body(parameters.to_string())
        };
        let (status, body) = self.asked(request).await;
        if status == 200 {
            return Ok(body);
        }
        Err(body["__type"].as_str().unwrap_or_default().to_owned())
    }

    /// What a request is answered, asked again while the server could not.
    async fn asked(&self, request: impl Fn() -> reqwest::RequestBuilder) -> (u16, Value) {
        for _ in 0..TRIES {
            let Ok(response) = request().send().await else {
                // The server has ended, and this process with it.
                std::future::pending().await
            };
            let status = response.status().as_u16();
            if status < 500 {
                return (status, response.json().await.unwrap());
            }
            pause().await;
        }
        panic!("the server could not, {TRIES} times: {:?}", request());
    }

    pub(crate) async fn create(&self, name: &str, definition: &Value) -> String {
        let role = "arn:aws:iam::123456789012:role/test";
        let machine = json!({ "name": name, "definition": definition.to_string(), "roleArn": role });
        match self.call("CreateStateMachine", machine).await {
            Ok(created) => created["stateMachineArn"].as_str().unwrap().to_owned(),
            // Its role was changed after it had been created.
            Err(_) => format!("arn:aws:states:us-east-1:123456789012:stateMachine:{name}"),
        }
    }

    pub(crate) async fn start(&self, machine: &str, name: &str) -> String {
        self.start_with(machine, name, "{}").await
    }

    /// Starts an execution unless it is there; gives its ARN.
    pub(crate) async fn start_with(&self, machine: &str, name: &str, input: &str) -> String {
        let machine_arn = format!("arn:aws:states:us-east-1:123456789012:stateMachine:{machine}");
        let parameters = json!({ "stateMachineArn": machine_arn, "name": name, "input": input });
        if let Err(code) = self.call("StartExecution", parameters).await {
            assert!(code.ends_with("ExecutionAlreadyExists"), "{code}");
        }
        arn(machine, name)
    }

    pub(crate) async fn describe(&self, execution: &str) -> Value {
        self.call("DescribeExecution", json!({ "executionArn": execution }))
            .await
            .unwrap()
    }

    pub(crate) async fn history(&self, execution: &str) -> Vec<Value> {
        let answer = self
            .call("GetExecutionHistory", json!({ "executionArn": execution }))
            .await;
        answer.unwrap()["events"].as_array().unwrap().clone()
    }

    pub(crate) async fn ended(&self, execution: &str) -> Value {
        loop {
            let described = self.describe(execution).await;
            if described["status"] != "RUNNING" {
                return described;
            }
            pause().await;
        }
    }

    /// Every execution but the one that cannot end: its description and history.
    pub(crate) async fn executions(&self) -> Vec<(Value, Vec<Value>)> {
        let mut seen = Vec::new();
        for arn in self.arns().await {
            let described = self.describe(&arn).await;
            seen.push((described, self.history(&arn).await));
        }
        seen
    }

    pub(crate) async fn anything_runs(&self) -> bool {
        for arn in self.arns().await {
            if self.describe(&arn).await["status"] == "RUNNING" {
                return true;
            }
        }
        false
    }

    async fn arns(&self) -> Vec<String> {
        let names = scenario::machines().into_iter().map(|(name, _)| name);
        let mut arns = Vec::new();
        for machine in names.chain(["process-message"]) {
            let machine = format!("arn:aws:states:us-east-1:123456789012:stateMachine:{machine}");
            let listed = self
                .call("ListExecutions", json!({ "stateMachineArn": machine }))
                .await
                .unwrap();
            let listed = listed["executions"].as_array().unwrap();
            arns.extend(
                listed
                    .iter()
                    .map(|one| one["executionArn"].as_str().unwrap().to_owned()),
            );
        }
        arns.retain(|arn| !arn.ends_with(":spoiled"));
        arns
    }

    /// Returns when the callback of `work` waits, or is over.
    pub(crate) async fn waits_for_token(&self) {
        let work = arn("work", "one");
        loop {
            let history = self.history(&work).await;
            // The first is that of the nested execution.
            if history.iter().filter(|event| event["type"] == "TaskSubmitted").count() > 1 {
                return;
            }
            pause().await;
        }
    }

    /// Sends a message, again and again under its key; gives its id.
    pub(crate) async fn send(&self, message: &Value) -> String {
        let (_, answer) = self
            .asked(|| self.http.post(format!("{}/api/messages", self.api)).json(message))
            .await;
        answer["message_id"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"))
            .to_owned()
    }

    pub(crate) async fn message(&self, id: &str) -> Value {
        self.asked(|| self.http.get(format!("{}/api/messages/{id}", self.api)))
            .await
            .1
    }

    pub(crate) async fn reaches(&self, id: &str, status: &str) {
        while self.message(id).await["status"] != status {
            pause().await;
        }
    }

    /// Sends a message again, unless that has been asked for already.
    pub(crate) async fn redrive(&self, id: &str) {
        self.asked(|| self.http.post(format!("{}/api/messages/{id}/redrive", self.api)))
            .await;
    }

    /// Creates a schedule that fires once, soon, unless there is one of this name; gives the id of what it has sent.
    pub(crate) async fn schedule_once(&self, name: &str, body: &str) -> String {
        let url = format!("{}/api/schedules", self.api);
        self.asked(|| {
            let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(2);
            let expression = format!("at({})", soon.strftime("%Y-%m-%dT%H:%M:%S"));
            let schedule = json!({ "name": name, "expression": expression, "message": { "body": body } });
            self.http.post(&url).json(&schedule)
        })
        .await;
        loop {
            let (_, schedule) = self.asked(|| self.http.get(format!("{url}/{name}"))).await;
            if let Some(id) = schedule["last"]["message_id"].as_str() {
                return id.to_owned();
            }
            pause().await;
        }
    }

    pub(crate) async fn inbox(&self) -> Vec<Value> {
        let url = format!("{}/inbox/rez/json?poll=1", self.api);
        let text = self.http.get(url).send().await.unwrap().text().await.unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
