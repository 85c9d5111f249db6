//! The Step Functions API: AWS JSON 1.0, spoken plainly.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use web_api::Service;

use super::api::unreachable_server;
use super::{Client, Local, Way};
use crate::aws::{Deployment, Kind, Refusal};
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
        if let Way::Aws(deployment) = &self.0 {
            // Those of the account are not all of the stage.
            arns.retain(|arn| deployment.names.workflow(arn).is_some());
            if arns.is_empty() {
                return Err(Failure::failed(
                    deployment.not_deployed("no state machine of it is there"),
                ));
            }
        }
        arns.sort_by_key(|arn| self.name_of(arn) != "process-message");
        Ok(arns)
    }

    /// What a state machine is called; on AWS without what all of a stage have around their names.
    pub(crate) fn name_of<'a>(&self, arn: &'a str) -> &'a str {
        let workflow = match &self.0 {
            Way::Aws(deployment) => deployment.names.workflow(arn),
            Way::Local(_) => None,
        };
        workflow.unwrap_or_else(|| arn.rsplit(':').next().unwrap_or_default())
    }

    /// Starts an execution of the state machine of this name; its ARN. `input` is JSON text.
    pub(crate) async fn start_execution(
        &self,
        state_machine: &str,
        name: Option<&str>,
        input: &str,
    ) -> Result<String, Failure> {
        let known = self.state_machines().await?;
        let name_of = |arn: &String| self.name_of(arn).to_owned();
        let Some(arn) = known.iter().find(|arn| name_of(arn) == state_machine) else {
            let known: Vec<_> = known.iter().map(name_of).collect();
            return Err(Failure::refused(format!(
                "there is no state machine {state_machine}; there are: {}",
                known.join(", ")
            )));
        };
        let started = match &self.0 {
            Way::Aws(deployment) => deployment.names.alias(self.name_of(arn)),
            Way::Local(_) => arn.clone(),
        };
        let mut request = json!({ "stateMachineArn": started, "input": input });
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
        if let Way::Aws(deployment) = &self.0
            && let Some(foreign) = candidates.iter().find(|arn| !deployment.names.has_execution(arn))
        {
            let refused = format!("{foreign} is no execution of stage {}", deployment.names.stage);
            return Err(Failure::refused(format!(
                "{refused}: name its stage, region and profile with --stage, --region and --profile"
            )));
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

    /// Whether an execution on AWS is one of `process-message`; a server of this machine refuses to redrive those itself.
    fn carries_a_message(&self, arn: &str) -> bool {
        let machine = arn.rsplit(':').nth(1).unwrap_or_default();
        matches!(&self.0, Way::Aws(deployment) if deployment.names.workflow(machine) == Some("process-message"))
    }

    /// Lets an execution go on that has ended without success.
    pub(crate) async fn redrive_execution(&self, arn: &str) -> Result<(), Failure> {
        if self.carries_a_message(arn) {
            return Err(Failure::refused(format!(
                "the execution carries a message: send the message again with {} dlq redrive ID",
                rez()
            )));
        }
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
        if let Way::Local(_) = &self.0 {
            return Ok(self.every("Rez.ListExecutions", input, "executions", limit).await??);
        }
        // AWS lists those of one state machine, the newest first.
        let mut all = Vec::new();
        for arn in self.state_machines().await? {
            input["stateMachineArn"] = arn.into();
            let listed = self.every("AWSStepFunctions.ListExecutions", input.clone(), "executions", limit);
            all.extend(listed.await??);
        }
        let started = |execution: &Value| execution["startDate"].as_f64().unwrap_or_default();
        all.sort_by(|one, other| started(other).total_cmp(&started(one)));
        all.truncate(limit);
        Ok(all)
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
        match &self.0 {
            Way::Local(local) => local.call(target, input).await,
            Way::Aws(deployment) => Ok(deployment.call(target, input).await),
        }
    }
}

impl Local {
    async fn call(&self, target: &str, input: &Value) -> Result<Result<Value, ServiceError>, Failure> {
        let request = self
            .http
            .post(self.step_functions.clone())
            .header(CONTENT_TYPE, "application/x-amz-json-1.0")
            .header("X-Amz-Target", target)
            .body(input.to_string());
        let answer = request.send().await.map_err(|error| unreachable_server(&error))?;
        let succeeded = answer.status().is_success();
        let body = answer.bytes().await.map_err(|error| unreachable_server(&error))?;
        if succeeded {
            let document = serde_json::from_slice(&body);
            let unreadable = |error| Failure::failed(format!("the server answers what is no JSON: {error}"));
            return Ok(Ok(document.map_err(unreadable)?));
        }
        let (name, message) = web_api::said(None, &body);
        Ok(Err(ServiceError {
            name: name.unwrap_or_else(|| "UnknownError".to_owned()),
            message: message.unwrap_or_default(),
        }))
    }
}

/// How often a call is made at most that may be made again, and how long it is waited before the second time.
const TRIES: u32 = 4;
const PAUSE: Duration = Duration::from_millis(250);

impl Deployment {
    /// Calls Step Functions; again, unless it starts something, if it was not answered. What has been refused for haste is
    /// called again by [`Signed`](web_api::Signed) itself.
    async fn call(&self, target: &str, input: &Value) -> Result<Value, ServiceError> {
        let operation = target.rsplit('.').next().unwrap_or_default();
        let mut tried = 1;
        loop {
            let answer = self.signed.call(&Service::STEP_FUNCTIONS, operation, input).await;
            let refusal = match answer {
                Ok(answer) => return Ok(answer),
                Err(error) => Refusal::of_signed(format!("states:{operation}"), error),
            };
            // A redrive has a token of its own, by which the second one is known.
            let again = refusal.kind() == Kind::Away && operation != "StartExecution";
            if !again || tried >= TRIES {
                return Err(self.service_error(refusal));
            }
            tokio::time::sleep(PAUSE * 2_u32.pow(tried)).await;
            tried += 1;
        }
    }

    /// With what helps, where it is not about what was asked for.
    fn service_error(&self, refusal: Refusal) -> ServiceError {
        let message = match refusal.kind() {
            Kind::Other => refusal.message,
            _ => format!("{}; {}", refusal.message.trim_end_matches('.'), self.remedy(&refusal)),
        };
        ServiceError {
            name: refusal.code,
            message,
        }
    }
}
