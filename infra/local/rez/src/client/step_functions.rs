//! The Step Functions API: AWS JSON 1.0, spoken plainly.

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::Client;
use super::api::unreachable_server;
use crate::failure::Failure;
use crate::hint::rez;

/// The most items of a page that the server gives.
const PAGE: u32 = 1_000;

/// An error that the service answers, by its name without the namespace.
#[derive(Debug)]
pub(crate) struct ServiceError {
    pub(crate) name: String,
    message: String,
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        Self::failed(format!("{}: {}", error.name, error.message))
    }
}

impl Client {
    /// The ARN of every state machine, `process-message` first.
    pub(crate) async fn state_machines(&self) -> Result<Vec<String>, Failure> {
        let machines = self
            .every(
                "AWSStepFunctions.ListStateMachines",
                json!({}),
                "stateMachines",
                usize::MAX,
            )
            .await??;
        let mut arns: Vec<String> = machines
            .iter()
            .filter_map(|one| Some(one["stateMachineArn"].as_str()?.to_owned()))
            .collect();
        arns.sort_by_key(|arn| !arn.ends_with(":process-message"));
        Ok(arns)
    }

    /// Starts an execution of the state machine of this name; its ARN. `input` is JSON text.
    pub(crate) async fn start_execution(
        &self,
        state_machine: &str,
        name: Option<&str>,
        input: &str,
    ) -> Result<String, Failure> {
        let known = self.state_machines().await?;
        let name_of = |arn: &String| arn.rsplit(':').next().unwrap_or_default().to_owned();
        let Some(arn) = known.iter().find(|arn| name_of(arn) == state_machine) else {
            let known: Vec<_> = known.iter().map(name_of).collect();
            return Err(Failure::refused(format!(
                "there is no state machine {state_machine}; there are: {}",
                known.join(", ")
            )));
        };
        let mut request = json!({ "stateMachineArn": arn, "input": input });
        if let Some(name) = name {
            request["name"] = name.into();
        }
        match self.call("AWSStepFunctions.StartExecution", &request).await? {
            Ok(started) => Ok(started["executionArn"].as_str().unwrap_or_default().to_owned()),
            Err(error) if error.name == "ExecutionLimitExceeded" => Err(error.into()),
            // Everything else is about what was asked for.
            Err(error) => Err(Failure::refused(Failure::from(error).text)),
        }
    }

    /// An execution, in the shape of `DescribeExecution`.
    pub(crate) async fn execution(&self, arn: &str) -> Result<Value, Failure> {
        let request = json!({ "executionArn": arn });
        Ok(self.call("AWSStepFunctions.DescribeExecution", &request).await??)
    }

    /// The ARN of the one execution of this name or ARN.
    pub(crate) async fn find_execution(&self, given: &str) -> Result<String, Failure> {
        let mut candidates = vec![given.to_owned()];
        if !given.starts_with("arn:") {
            let of = |machine: &String| format!("{}:{given}", machine.replacen(":stateMachine:", ":execution:", 1));
            candidates = self.state_machines().await?.iter().map(of).collect();
        }
        let mut found = Vec::new();
        for arn in candidates {
            let request = json!({ "executionArn": arn });
            match self.call("AWSStepFunctions.DescribeExecution", &request).await? {
                Ok(_) => found.push(arn),
                Err(error) if matches!(error.name.as_str(), "ExecutionDoesNotExist" | "InvalidArn") => {}
                Err(error) => return Err(error.into()),
            }
        }
        match found.len() {
            0 => Err(Failure::refused(format!(
                "there is no execution {given}: see {} executions",
                rez()
            ))),
            1 => Ok(found.swap_remove(0)),
            _ => Err(Failure::refused(format!(
                "several executions are named {given}: say which, by its ARN: {}",
                found.join(", ")
            ))),
        }
    }

    /// Lets an execution go on that has ended without success.
    pub(crate) async fn redrive_execution(&self, arn: &str) -> Result<(), Failure> {
        let request = json!({ "executionArn": arn, "clientToken": uuid::Uuid::new_v4().to_string() });
        match self.call("AWSStepFunctions.RedriveExecution", &request).await? {
            Ok(_) => Ok(()),
            Err(error) if error.name == "ExecutionNotRedrivable" => Err(Failure::refused(Failure::from(error).text)),
            Err(error) => Err(error.into()),
        }
    }

    /// At most `limit` executions, newest first, of every state machine, also of those that have been deleted.
    pub(crate) async fn executions(&self, status: Option<&str>, limit: usize) -> Result<Vec<Value>, Failure> {
        let mut input = json!({});
        if let Some(status) = status {
            input["statusFilter"] = status.into();
        }
        Ok(self.every("Rez.ListExecutions", input, "executions", limit).await??)
    }

    /// The events of an execution from the first on; `None` if there is no such execution.
    pub(crate) async fn history(&self, execution: &str) -> Result<Option<Vec<Value>>, Failure> {
        match self
            .every(
                "AWSStepFunctions.GetExecutionHistory",
                json!({ "executionArn": execution }),
                "events",
                usize::MAX,
            )
            .await?
        {
            Ok(events) => Ok(Some(events)),
            Err(error) if matches!(error.name.as_str(), "ExecutionDoesNotExist" | "InvalidArn") => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// All pages of a listing, or as many as `limit` needs. `target` is the operation with its service before it.
    async fn every(
        &self,
        target: &str,
        mut input: Value,
        member: &str,
        limit: usize,
    ) -> Result<Result<Vec<Value>, ServiceError>, Failure> {
        let mut all = Vec::new();
        loop {
            input["maxResults"] = u32::try_from(limit - all.len())
                .map_or(PAGE, |left| left.min(PAGE))
                .into();
            let mut page = match self.call(target, &input).await? {
                Ok(page) => page,
                Err(error) => return Ok(Err(error)),
            };
            if let Some(Value::Array(items)) = page.get_mut(member).map(Value::take) {
                all.extend(items);
            }
            match page["nextToken"].as_str() {
                Some(token) if all.len() < limit => input["nextToken"] = token.into(),
                _ => return Ok(Ok(all)),
            }
        }
    }

    async fn call(&self, target: &str, input: &Value) -> Result<Result<Value, ServiceError>, Failure> {
        let request = self
            .http
            .post(self.step_functions.clone())
            .header(CONTENT_TYPE, "application/x-amz-json-1.0")
            .header("X-Amz-Target", target)
            .body(input.to_string());
        let answer = request.send().await.map_err(|error| unreachable_server(&error))?;
        let succeeded = answer.status().is_success();
        let document: Value = answer.json().await.map_err(|error| unreachable_server(&error))?;
        if succeeded {
            return Ok(Ok(document));
        }
        let name = document["__type"].as_str().unwrap_or("UnknownError");
        let message = document["message"]
            .as_str()
            .or_else(|| document["Message"].as_str())
            .unwrap_or_default();
        Ok(Err(ServiceError {
            name: name.rsplit('#').next().unwrap_or(name).to_owned(),
            message: message.to_owned(),
        }))
    }
}
