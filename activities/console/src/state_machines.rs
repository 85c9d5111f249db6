//! State machines and executions as pages show them, read through the port.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::port::{ServiceError, StepFunctions};
use crate::run::{Event, event_time};

/// The most events of a history. Source: Step Functions Developer Guide, "Quotas".
const HISTORY_EVENTS: u64 = 25_000;

/// Everything about state machines, by their names.
#[derive(Clone)]
pub(crate) struct StateMachines {
    pub(crate) port: Arc<dyn StepFunctions>,
    /// What all ARNs begin with: `arn:aws:states:REGION:ACCOUNT`.
    pub(crate) arn_prefix: String,
}

/// An execution by its state machine and its name. Written `machine:name`, as its ARN ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExecutionId {
    pub(crate) machine: String,
    pub(crate) name: String,
}

impl ExecutionId {
    /// Reads `machine:name`, or a whole ARN.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let tail = text.split_once(":execution:").map_or(text, |(_, tail)| tail);
        let (machine, name) = tail.split_once(':')?;
        let usable = |text: &str| !text.is_empty() && !text.contains('/');
        (usable(machine) && usable(name)).then(|| Self {
            machine: machine.to_owned(),
            name: name.to_owned(),
        })
    }
}

impl fmt::Display for ExecutionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.machine, self.name)
    }
}

/// A page of a listing.
#[derive(Clone, Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

/// A state machine.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) created_at: Option<Timestamp>,
    /// Its definition, as its author wrote it; empty in listings.
    pub(crate) definition: String,
    pub(crate) role: String,
    pub(crate) deleting: bool,
}

/// An execution.
#[derive(Clone, Debug)]
pub(crate) struct Execution {
    pub(crate) id: ExecutionId,
    pub(crate) arn: String,
    /// One of [`STATUSES`](crate::STATUSES).
    pub(crate) status: String,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) stopped_at: Option<Timestamp>,
    pub(crate) input: Option<String>,
    pub(crate) output: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) cause: Option<String>,
    /// How often it was redriven, and when last.
    pub(crate) redrives: u64,
    pub(crate) redriven_at: Option<Timestamp>,
    /// Whether Step Functions would redrive it; `None` in listings.
    redrivable: Option<bool>,
    /// Why not.
    not_redrivable: Option<String>,
}

impl Execution {
    pub(crate) fn is_running(&self) -> bool {
        self.status == "RUNNING"
    }

    /// Whether it carries a message, which is redriven by itself: a new execution then carries it.
    fn carries_a_message(&self) -> bool {
        // On one machine, and on AWS with its stage.
        self.id.machine == "process-message" || self.id.machine.starts_with("rez-agent-process-message-")
    }

    pub(crate) fn is_redrivable(&self) -> bool {
        self.redrivable == Some(true) && !self.carries_a_message()
    }

    /// Why an execution that ended without success is not redriven.
    pub(crate) fn why_not_redriven(&self) -> Option<&str> {
        if self.is_running() || self.status == "SUCCEEDED" || self.is_redrivable() {
            return None;
        }
        if self.carries_a_message() {
            return Some("It carries a message: send that again, and a new execution carries it.");
        }
        self.not_redrivable.as_deref()
    }
}

type Found<T> = Result<Option<T>, ServiceError>;

impl StateMachines {
    pub(crate) async fn list(&self, token: Option<&str>) -> Result<Page<Machine>, ServiceError> {
        let answer = self
            .port
            .call("ListStateMachines", paged(json!({ "maxResults": 50 }), token))
            .await?;
        Ok(page(&answer, "stateMachines", machine))
    }

    pub(crate) async fn machine(&self, name: &str) -> Found<Machine> {
        let input = json!({ "stateMachineArn": self.machine_arn(name) });
        found(
            self.port
                .call("DescribeStateMachine", input)
                .await
                .map(|answer| machine(&answer)),
        )
    }

    pub(crate) async fn counts(&self, name: &str) -> Result<Option<[u64; 5]>, ServiceError> {
        self.port.counts(&self.machine_arn(name)).await
    }

    pub(crate) async fn executions(
        &self,
        machine: &str,
        status: Option<&str>,
        token: Option<&str>,
    ) -> Result<Page<Execution>, ServiceError> {
        let mut input = paged(
            json!({ "stateMachineArn": self.machine_arn(machine), "maxResults": 50 }),
            token,
        );
        if let Some(status) = status {
            input["statusFilter"] = json!(status);
        }
        let answer = self.port.call("ListExecutions", input).await?;
        Ok(page(&answer, "executions", execution))
    }

    pub(crate) async fn execution(&self, id: &ExecutionId) -> Found<Execution> {
        let input = json!({ "executionArn": self.execution_arn(id) });
        found(
            self.port
                .call("DescribeExecution", input)
                .await
                .map(|answer| execution(&answer)),
        )
    }

    /// The definition that an execution runs, whatever its state machine's is now.
    pub(crate) async fn definition(&self, id: &ExecutionId) -> Found<String> {
        let input = json!({ "executionArn": self.execution_arn(id) });
        let answer = self.port.call("DescribeStateMachineForExecution", input).await;
        found(answer.map(|answer| answer["definition"].as_str().map(str::to_owned)))
    }

    pub(crate) async fn start(
        &self,
        machine: &str,
        name: Option<&str>,
        input: &str,
    ) -> Result<ExecutionId, ServiceError> {
        let mut request = json!({ "stateMachineArn": self.machine_arn(machine), "input": input });
        if let Some(name) = name {
            request["name"] = json!(name);
        }
        let answer = self.port.call("StartExecution", request).await?;
        let id = answer["executionArn"].as_str().and_then(ExecutionId::read);
        id.ok_or_else(|| unexpected("StartExecution"))
    }

    pub(crate) async fn stop(&self, id: &ExecutionId) -> Result<(), ServiceError> {
        let input = json!({ "executionArn": self.execution_arn(id), "cause": "stopped in the console" });
        self.port.call("StopExecution", input).await.map(|_| ())
    }

    pub(crate) async fn redrive(&self, id: &ExecutionId) -> Result<(), ServiceError> {
        let input = json!({ "executionArn": self.execution_arn(id) });
        self.port.call("RedriveExecution", input).await.map(|_| ())
    }

    /// The whole history, without what went in and out.
    pub(crate) async fn history(&self, id: &ExecutionId) -> Result<Vec<Event>, ServiceError> {
        let events = self
            .port
            .events(&self.execution_arn(id), 1, HISTORY_EVENTS, false)
            .await?;
        Ok(events.iter().filter_map(Event::read).collect())
    }

    /// One event with everything that it says, as it stands on the wire.
    pub(crate) async fn event(&self, id: &ExecutionId, event: u64) -> Result<Option<Value>, ServiceError> {
        let events = self.port.events(&self.execution_arn(id), event, 1, true).await?;
        Ok(events.into_iter().next())
    }

    /// Whether the history has gone on after this event.
    pub(crate) async fn has_more(&self, id: &ExecutionId, since: u64) -> Result<bool, ServiceError> {
        let next = self
            .port
            .events(&self.execution_arn(id), since.saturating_add(1), 1, false)
            .await?;
        Ok(!next.is_empty())
    }

    pub(crate) fn machine_arn(&self, name: &str) -> String {
        format!("{}:stateMachine:{name}", self.arn_prefix)
    }

    pub(crate) fn execution_arn(&self, id: &ExecutionId) -> String {
        format!("{}:execution:{id}", self.arn_prefix)
    }
}

fn unexpected(operation: &str) -> ServiceError {
    ServiceError {
        code: "UnexpectedAnswer".to_owned(),
        message: format!("{operation} answered in a shape that it should not have"),
    }
}

/// What is not there is no failure.
fn found<T>(answer: Result<Option<T>, ServiceError>) -> Found<T> {
    match answer {
        Err(error) if error.is_absence() => Ok(None),
        answer => answer,
    }
}

fn paged(mut input: Value, token: Option<&str>) -> Value {
    if let Some(token) = token {
        input["nextToken"] = json!(token);
    }
    input
}

fn page<T>(answer: &Value, name: &str, read: impl Fn(&Value) -> Option<T>) -> Page<T> {
    Page {
        items: answer[name].as_array().into_iter().flatten().filter_map(read).collect(),
        next: answer["nextToken"].as_str().map(str::to_owned),
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().map(str::to_owned)
}

fn machine(answer: &Value) -> Option<Machine> {
    Some(Machine {
        name: text(answer, "name")?,
        arn: text(answer, "stateMachineArn")?,
        created_at: event_time(&answer["creationDate"]),
        definition: text(answer, "definition").unwrap_or_default(),
        role: text(answer, "roleArn").unwrap_or_default(),
        deleting: answer["status"] == "DELETING",
    })
}

fn execution(answer: &Value) -> Option<Execution> {
    let arn = text(answer, "executionArn")?;
    Some(Execution {
        id: ExecutionId::read(&arn)?,
        arn,
        status: text(answer, "status")?,
        started_at: event_time(&answer["startDate"]),
        stopped_at: event_time(&answer["stopDate"]),
        input: text(answer, "input"),
        output: text(answer, "output"),
        error: text(answer, "error"),
        cause: text(answer, "cause"),
        redrives: answer["redriveCount"].as_u64().unwrap_or_default(),
        redriven_at: event_time(&answer["redriveDate"]),
        redrivable: answer["redriveStatus"].as_str().map(|status| status == "REDRIVABLE"),
        not_redrivable: text(answer, "redriveStatusReason"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ExecutionId, execution};

    /// What a page offers for an execution of this machine which Step Functions describes so: a redrive, or why there is none.
    fn offered(machine: &str, status: &str, redrive: &str, reason: Option<&str>) -> Option<Result<(), String>> {
        let described = json!({
            "executionArn": format!("arn:aws:states:us-east-1:123456789012:execution:{machine}:e"),
            "status": status, "redriveStatus": redrive, "redriveStatusReason": reason,
        });
        let execution = execution(&described).unwrap();
        let why = execution.why_not_redriven().map(|why| Err(why.to_owned()));
        execution.is_redrivable().then_some(Ok(())).or(why)
    }

    #[test]
    fn a_redrive_is_offered_where_it_is_possible_and_its_reason_told_where_that_is_news() {
        assert_eq!(offered("m", "FAILED", "REDRIVABLE", None), Some(Ok(())));
        let late = "Execution redrivable period exceeded";
        assert_eq!(
            offered("m", "ABORTED", "NOT_REDRIVABLE", Some(late)),
            Some(Err(late.to_owned()))
        );
        for status in ["RUNNING", "SUCCEEDED"] {
            assert_eq!(offered("m", status, "NOT_REDRIVABLE", Some("of course")), None);
        }
        for machine in ["process-message", "rez-agent-process-message-dev"] {
            let offered = offered(machine, "FAILED", "REDRIVABLE", None);
            assert!(
                matches!(offered, Some(Err(_))),
                "{machine}: a message is redriven by itself"
            );
        }
        assert_eq!(offered("process-messages", "FAILED", "REDRIVABLE", None), Some(Ok(())));
    }

    #[test]
    fn an_execution_is_named_by_its_arn_or_by_the_end_of_it() {
        let id = ExecutionId::read("arn:aws:states:us-east-1:123456789012:execution:a:b").unwrap();
        assert_eq!(
            (id.machine.as_str(), id.name.as_str(), id.to_string().as_str()),
            ("a", "b", "a:b")
        );
        assert_eq!(ExecutionId::read("a:b"), Some(id));
        for text in ["", "a", ":", "a:", ":b", "a/b:c"] {
            assert_eq!(ExecutionId::read(text), None, "{text}");
        }
    }
}
