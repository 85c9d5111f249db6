//! What the API needs, in process.

use std::sync::{Arc, OnceLock, Weak};

use api::{DeadLetterQueue, ExecutionState, Executions, PortError, StartOutcome, TaskTokens};
use async_trait::async_trait;
use engine::Event;
use journal::Batch;

use crate::failpoints::{self, Commit};
use crate::host::{Host, HostError, Start, StartError, TokenError};
use crate::wire::status_name;
use crate::{addresses, process_message, traces};

/// The host of this process, which is made after the activities that need it: they are part of it. They hold it weakly, so
/// that it ends with the server.
#[derive(Clone, Debug, Default)]
pub(crate) struct LateHost(Arc<OnceLock<Weak<Host>>>);

impl LateHost {
    /// The host that is there already.
    pub(crate) fn known(host: &Arc<Host>) -> Self {
        let late = Self::default();
        late.is(host);
        late
    }

    /// Says which it is; the first one stands.
    pub(crate) fn is(&self, host: &Arc<Host>) {
        self.0.get_or_init(|| Arc::downgrade(host));
    }

    pub(crate) fn get(&self, what: &'static str) -> Result<Arc<Host>, PortError> {
        let host = self.0.get().and_then(Weak::upgrade);
        host.ok_or_else(|| failed(what, &HostError::Stopping))
    }
}

/// Executions of `process-message` in this process's host.
pub(crate) struct LocalExecutions(pub(crate) LateHost);

#[async_trait]
impl Executions for LocalExecutions {
    async fn start(&self, name: &str, input: &str) -> Result<StartOutcome, PortError> {
        let host = self.0.get("StartExecution")?;
        let machine = host
            .state_machine(process_message::NAME)
            .await
            .map_err(|error| failed("StartExecution", &error))?;
        let loaded = machine.ok_or_else(|| PortError {
            what: "StartExecution",
            detail: format!(
                "the state machine {} has been deleted: restart the server",
                process_message::NAME
            ),
            retryable: false,
        })?;
        let start = Start {
            loaded,
            name: name.to_owned(),
            input: input.to_owned(),
            trace_header: traces::header_here(),
            parent: None,
            with: None,
        };
        match host.start(start).await {
            Ok(started) if started.repeated => Ok(StartOutcome::AlreadyExists),
            Ok(started) => Ok(StartOutcome::Started(started.arn)),
            Err(StartError::Exists(_)) => Ok(StartOutcome::AlreadyExists),
            Err(full @ StartError::Full(_)) => Err(PortError {
                what: "StartExecution",
                detail: full.to_string(),
                retryable: true,
            }),
            Err(StartError::Host(error)) => Err(failed("StartExecution", &error)),
        }
    }

    async fn describe(&self, name: &str) -> Result<Option<ExecutionState>, PortError> {
        let host = self.0.get("DescribeExecution")?;
        let found = host.journal.execution(process_message::NAME, name).await;
        let found = found.map_err(|error| failed("DescribeExecution", &error.into()))?;
        Ok(found.map(|execution| ExecutionState {
            arn: addresses::execution_arn(&execution.summary.state_machine_name, &execution.summary.name),
            status: status_name(execution.summary.status).to_owned(),
            input: execution.input,
            started_at: execution.summary.started_at,
            stopped_at: execution.summary.stopped_at,
            error: execution.error,
            cause: execution.cause,
        }))
    }

    async fn stop(&self, name: &str, error: &str, cause: &str) -> Result<bool, PortError> {
        let stopped = |error: HostError| failed("StopExecution", &error);
        let host = self.0.get("StopExecution")?;
        let found = host.journal.execution(process_message::NAME, name).await;
        let found = found.map_err(|error| stopped(error.into()))?;
        let Some(found) = found else { return Ok(false) };
        let (error, cause) = (Some(error.to_owned()), Some(cause.to_owned()));
        host.stop_execution(&found, error, cause).await.map_err(stopped)
    }
}

/// Tasks that wait for an answer in this process's host.
pub(crate) struct LocalTaskTokens(pub(crate) Arc<Host>);

#[async_trait]
impl TaskTokens for LocalTaskTokens {
    async fn succeed(&self, token: &str, output: &str) -> Result<bool, PortError> {
        let output = output.to_owned();
        match self.0.answer(token, |task| Event::TaskSucceeded { task, output }).await {
            Ok(()) => Ok(true),
            Err(TokenError::Over) => Ok(false),
            Err(TokenError::Host(error)) => Err(failed("SendTaskSuccess", &error)),
        }
    }
}

/// The dead-letter queue in the journal.
pub(crate) struct LocalDeadLetters {
    host: LateHost,
    queue: String,
}

/// How many notices are read at a time.
const PAGE: usize = 256;

impl LocalDeadLetters {
    pub(crate) fn new(host: LateHost, stage: &str) -> Self {
        Self {
            host,
            queue: addresses::dead_letter_queue(stage),
        }
    }

    /// Where in the queue the notices of these messages are.
    async fn positions(&self, host: &Host, redriven: &[(String, u32)]) -> Result<Vec<i64>, HostError> {
        let (mut found, mut last) = (Vec::new(), 0);
        loop {
            let page = host.journal.queue(&self.queue, last, PAGE).await?;
            let Some(end) = page.last() else { return Ok(found) };
            last = end.position;
            found.extend(
                page.iter()
                    .filter(|message| redrive_message::precedes(&message.body, redriven))
                    .map(|message| message.position),
            );
        }
    }
}

#[async_trait]
impl DeadLetterQueue for LocalDeadLetters {
    async fn drain(&self, redriven: &[(String, u32)]) -> Result<usize, PortError> {
        let host = self.host.get("DeleteMessageBatch")?;
        let positions = self
            .positions(&host, redriven)
            .await
            .map_err(|error| failed("DeleteMessageBatch", &error))?;
        let count = positions.len();
        let mut batch = Batch::new();
        batch.drain(self.queue.clone(), positions);
        let drained = failpoints::commit(&host.journal, Commit::Drain, batch).await;
        drained
            .map(|()| count)
            .map_err(|error| failed("DeleteMessageBatch", &error.into()))
    }
}

/// The journal's troubles pass; what it cannot make sense of does not.
pub(crate) fn failed(what: &'static str, error: &HostError) -> PortError {
    let retryable = matches!(
        error,
        HostError::Commit(_) | HostError::Read(_) | HostError::Schedule { .. } | HostError::Stopping
    );
    PortError {
        what,
        detail: error.to_string(),
        retryable,
    }
}
