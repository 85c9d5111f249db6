//! The operations of Step Functions that the workloads need.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::Http;
use crate::workloads::Workload;

/// How long an execution may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A client of the wire API.
pub(crate) struct StepFunctions(Http);

impl StepFunctions {
    pub(crate) fn new(url: &str) -> Self {
        Self(Http::new(url))
    }

    /// Calls an operation; an answer that is an error comes back as its text.
    pub(crate) fn call(&mut self, operation: &str, parameters: &Value) -> Result<String, String> {
        let head =
            format!("content-type: application/x-amz-json-1.0\r\nx-amz-target: AWSStepFunctions.{operation}\r\n");
        let answer = self.0.send("POST", "/", &head, &parameters.to_string());
        let answer = answer.map_err(|error| error.to_string())?;
        if answer.status == 200 {
            Ok(answer.body)
        } else {
            Err(answer.body)
        }
    }

    /// Creates the state machine of a workload under a name of its own; gives its ARN.
    pub(crate) fn create(&mut self, name: &str, workload: &Workload) -> Result<String, String> {
        let parameters = json!({
            "name": name,
            "definition": workload.definition.to_string(),
            "roleArn": "arn:aws:iam::123456789012:role/bench",
        });
        let created = self.call("CreateStateMachine", &parameters)?;
        field(&created, "stateMachineArn")
    }

    /// Starts an execution; gives its ARN.
    pub(crate) fn start(&mut self, machine: &str, name: &str, input: &str) -> Result<String, String> {
        let parameters = json!({ "stateMachineArn": machine, "name": name, "input": input });
        field(&self.call("StartExecution", &parameters)?, "executionArn")
    }

    /// How an execution stands.
    pub(crate) fn status(&mut self, execution: &str) -> Result<String, String> {
        let described = self.call("DescribeExecution", &json!({ "executionArn": execution }))?;
        field(&described, "status")
    }

    /// Asks until the execution has ended: at once, then after 0.25, 0.5, 1 … `longest` milliseconds.
    pub(crate) fn ended(&mut self, execution: &str, longest: Duration) -> Result<String, String> {
        let (began, mut pause) = (Instant::now(), Duration::from_micros(250));
        loop {
            let status = self.status(execution)?;
            if status != "RUNNING" {
                return Ok(status);
            }
            if began.elapsed() > PATIENCE {
                return Err(format!("{execution} still runs"));
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(longest);
        }
    }

    /// Runs one execution and compares what came of it: what is wrong must not be timed.
    pub(crate) fn check(&mut self, machine: &str, workload: &Workload) -> Result<(), String> {
        let execution = self.start(machine, "check", &workload.input.to_string())?;
        self.ended(&execution, Duration::from_millis(8))?;
        let described = self.call("DescribeExecution", &json!({ "executionArn": execution }))?;
        let output = field(&described, "output").map_err(|_| described.clone())?;
        let output: Value = serde_json::from_str(&output).map_err(|error| error.to_string())?;
        if output == workload.output {
            Ok(())
        } else {
            Err(format!("the output is {output}"))
        }
    }
}

/// A text of an answer.
pub(crate) fn field(answer: &str, name: &str) -> Result<String, String> {
    let value: Value = serde_json::from_str(answer).map_err(|error| error.to_string())?;
    value[name]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| format!("no {name} in {answer}"))
}
