//! The `Task` state: how a call begins.

use std::sync::Arc;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::data::Data;
use asl::{Kind as Rule, Pointer};

use crate::compile::{Compiled, Compiler};
use crate::data_flow::{Fault, Query, Seen};
use crate::details::{Carried, Details, Members, TaskCredentials};
use crate::failure::{Failure, Reach};
use crate::frame::{Call, Doing, FrameId};
use crate::limits::DATA_BYTES;
use crate::resource::Resource;
use crate::run::{Ready, Run};
use crate::{Effect, HistoryEventType, Integration, TaskId, TaskRequest};

/// A compiled `Task`.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) resource: Resource,
    pub(crate) arguments: Option<Query>,
    pub(crate) timeout_seconds: Option<Query>,
    pub(crate) heartbeat_seconds: Option<Query>,
    /// `Credentials`, an object with `RoleArn`.
    pub(crate) credentials: Option<Query>,
}

/// What an attempt is called with.
struct Arguments {
    parameters: Data,
    timeout_seconds: Option<u64>,
    heartbeat_seconds: Option<u64>,
    role_arn: Option<String>,
}

/// The longest timeout or heartbeat, in seconds.
///
/// Source: Amazon States Language, "Task State".
const LONGEST_SECONDS: i64 = 99_999_999;

impl Compiler {
    pub(crate) fn task(&mut self, task: &asl::Task, at: &Pointer) -> Compiled<Task> {
        let resource = self.resource_of(task, at);
        let arguments = self.arguments(task.arguments.as_ref(), task.parameters.as_ref(), at);
        let timeout_seconds = self.number(task.timeout_seconds.as_ref(), "TimeoutSeconds", at);
        let heartbeat_seconds = self.number(task.heartbeat_seconds.as_ref(), "HeartbeatSeconds", at);
        let credentials = self.optional(task.credentials.as_ref(), "Credentials", &at.key("Credentials"));
        Ok(Task {
            resource: resource?,
            arguments: arguments?,
            timeout_seconds: timeout_seconds?,
            heartbeat_seconds: heartbeat_seconds?,
            credentials: credentials?,
        })
    }

    fn resource_of(&mut self, task: &asl::Task, at: &Pointer) -> Compiled<Resource> {
        Resource::parse(&task.resource).map_or_else(
            || {
                let what = "is not the ARN of anything that a task can call";
                self.report(
                    Rule::Resource,
                    &at.key("Resource"),
                    format!("The resource '{}' {what}", task.resource),
                )
            },
            Ok,
        )
    }
}

impl Run<'_> {
    /// Begins an attempt: everything is evaluated anew, so a retry can see that it is one.
    pub(crate) fn schedule(&mut self, frame: FrameId, task: &Task) {
        let id = TaskId(self.new_number());
        self.new_token = needs_token(task.resource.integration).then(|| self.draw_token(id));
        let arguments = self.call_arguments(frame, task);
        let token = self.new_token.take();
        match arguments {
            Ok(arguments) if arguments.parameters.text().len() > DATA_BYTES => {
                self.follow_entered(frame);
                let failure = Failure::too_large(&self.state(frame).name, Reach::NameOnly);
                self.handle(frame, failure);
            }
            Ok(arguments) => self.call(frame, id, task, token, arguments),
            Err(error) => self.query_failed(frame, &error),
        }
    }

    fn call_arguments(&self, frame: FrameId, task: &Task) -> Result<Arguments, Fault> {
        let input = self.effective_input(frame)?;
        let seen = Seen::data(&input);
        let seconds = |query: &Option<Query>| -> Result<Option<u64>, Fault> {
            let Some(query) = query else { return Ok(None) };
            let seconds = self.integer(frame, query, seen, (1, LONGEST_SECONDS))?;
            Ok(Some(seconds.unsigned_abs()))
        };
        let credentials = match &task.credentials {
            Some(query) => self.object(frame, query, seen)?,
            None => Map::new(),
        };
        Ok(Arguments {
            parameters: match &task.arguments {
                Some(query) => self.evaluate_data(frame, query, seen)?,
                None => input.clone(),
            },
            timeout_seconds: seconds(&task.timeout_seconds)?,
            heartbeat_seconds: seconds(&task.heartbeat_seconds)?,
            role_arn: credentials.get("RoleArn").and_then(Value::as_str).map(str::to_owned),
        })
    }

    fn call(&mut self, frame: FrameId, id: TaskId, task: &Task, token: Option<String>, arguments: Arguments) {
        self.follow_entered(frame);
        let (event_type, details) = self.scheduled(&task.resource, &arguments);
        let scheduled = self.write_next(frame, event_type, details.into());
        let Arguments {
            parameters,
            timeout_seconds,
            heartbeat_seconds,
            role_arn,
        } = arguments;
        self.execution.waiting.insert(id.0, frame);
        self.step.effects.push(Effect::ScheduleTask(TaskRequest {
            task: id,
            scheduled,
            resource: task.resource.arn.to_string(),
            integration: task.resource.integration,
            parameters: parameters.text().to_owned(),
            token: token.clone(),
            state: self.state(frame).name.to_string(),
            timeout_seconds,
            heartbeat_seconds,
            role_arn,
        }));
        let timeout = timeout_seconds.map(|seconds| self.wait_for_timer(frame, seconds * 1000));
        // Nobody can report an activity alive before a worker has taken it.
        let beats = heartbeat_seconds.filter(|_| task.resource.integration != Integration::Activity);
        let heartbeat = beats.map(|seconds| self.wait_for_timer(frame, seconds * 1000));
        self.execution.frame_mut(frame).doing = Doing::Calling(Call {
            task: id,
            token,
            timeout,
            timeout_seconds,
            heartbeat,
            heartbeat_seconds,
            accepted: false,
        });
        if task.resource.integration != Integration::Activity {
            self.ready.push_back(Ready::CallStarted(frame, id));
        }
    }

    /// The event that says a call is under way. That of an activity comes from its worker.
    pub(crate) fn call_started(&mut self, frame: FrameId) {
        let Some(resource) = self.resource(frame) else { return };
        if resource.integration == Integration::Lambda {
            self.write_next(frame, HistoryEventType::LambdaFunctionStarted, Details::None);
        } else {
            let details = Members::default().of(resource);
            self.write_next(frame, HistoryEventType::TaskStarted, details.into());
        }
    }

    fn scheduled(&self, resource: &Resource, arguments: &Arguments) -> (HistoryEventType, Members) {
        let parameters = arguments.parameters.clone();
        let called = |input| Members {
            resource: Some(Arc::clone(&resource.arn)),
            ..Members::input(input)
        };
        let (event_type, members) = match resource.integration {
            Integration::Lambda => (HistoryEventType::LambdaFunctionScheduled, called(parameters)),
            Integration::Activity => (HistoryEventType::ActivityScheduled, called(parameters)),
            _ => {
                let members = Members {
                    region: Some(self.region().to_owned()),
                    data: Some(Carried::Parameters(parameters)),
                    ..Members::default()
                };
                (HistoryEventType::TaskScheduled, members.of(resource))
            }
        };
        // The event of a Lambda ARN has no heartbeat.
        let heartbeat = arguments.heartbeat_seconds;
        let members = Members {
            timeout_in_seconds: arguments.timeout_seconds,
            heartbeat_in_seconds: heartbeat.filter(|_| resource.integration != Integration::Lambda),
            task_credentials: arguments.role_arn.clone().map(|role_arn| TaskCredentials { role_arn }),
            ..members
        };
        (event_type, members)
    }

    /// The region that the execution runs in, as its ARN says.
    fn region(&self) -> &str {
        self.execution
            .identity
            .execution_arn
            .split(':')
            .nth(3)
            .unwrap_or_default()
    }

    /// A token that names this attempt and that nobody can guess.
    fn draw_token(&self, task: TaskId) -> String {
        let mut digest = Sha256::new();
        digest.update(self.execution.identity.execution_arn.as_bytes());
        digest.update(task.0.to_be_bytes());
        digest.update(self.random.next_u64().to_be_bytes());
        hex(&digest.finalize())
    }
}

/// Whether somebody may ask for the token.
fn needs_token(integration: Integration) -> bool {
    matches!(integration, Integration::Activity | Integration::WaitForTaskToken)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        text
    })
}
