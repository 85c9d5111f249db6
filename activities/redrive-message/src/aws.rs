//! The ports on AWS: Step Functions and the dead-letter queue in SQS.

use std::sync::Arc;

use activity_runtime::{Lambda, MissingSetting, SystemClock, setting};
use async_trait::async_trait;
use aws_sdk_sfn::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message};
use jiff::Timestamp;
use tables::Messages;

use crate::{DeadLetterQueue, ExecutionState, Executions, PortError, RedriveHandler, Redrives, StartOutcome, precedes};

/// The handler on AWS.
pub fn on_aws(lambda: &Lambda) -> Result<RedriveHandler, MissingSetting> {
    let table = lambda.environment.required(setting::DYNAMODB_TABLE_NAME)?;
    let state_machine = lambda.environment.required(setting::STATE_MACHINE_ARN)?;
    let alias = lambda.environment.optional(setting::STATE_MACHINE_ALIAS_ARN);
    let executions = StepFunctions::new(aws_sdk_sfn::Client::new(&lambda.aws), state_machine);
    let queue = lambda.environment.required(setting::DEAD_LETTER_QUEUE_URL)?;
    Ok(RedriveHandler(Redrives {
        executions: Arc::new(executions.started_by(alias)),
        messages: Arc::new(Messages::new(aws_sdk_dynamodb::Client::new(&lambda.aws), table)),
        dead_letters: Arc::new(SqsQueue::new(aws_sdk_sqs::Client::new(&lambda.aws), queue)),
        clock: Arc::new(SystemClock),
    }))
}

/// Executions of one state machine.
#[derive(Clone, Debug)]
pub struct StepFunctions {
    client: aws_sdk_sfn::Client,
    state_machine_arn: String,
    started_by: String,
}

impl StepFunctions {
    /// Executions of the state machine of this ARN, which carries neither version nor alias.
    pub fn new(client: aws_sdk_sfn::Client, state_machine_arn: impl Into<String>) -> Self {
        let state_machine_arn = state_machine_arn.into();
        Self {
            client,
            started_by: state_machine_arn.clone(),
            state_machine_arn,
        }
    }

    /// Starts executions by this alias, which says which version of the state machine they get; an execution belongs to the
    /// state machine whatever it was started by, and is found under the same ARN.
    ///
    /// Source: Step Functions Developer Guide, "Associating executions with a version or alias".
    #[must_use]
    pub fn started_by(mut self, alias_arn: Option<&str>) -> Self {
        if let Some(alias_arn) = alias_arn {
            alias_arn.clone_into(&mut self.started_by);
        }
        self
    }

    fn execution_arn(&self, name: &str) -> String {
        format!(
            "{}:{name}",
            self.state_machine_arn.replacen(":stateMachine:", ":execution:", 1)
        )
    }
}

#[async_trait]
impl Executions for StepFunctions {
    /// While an execution of this name with this input is open, Step Functions answers as if it had just started it: that
    /// is as good.
    async fn start(&self, name: &str, input: &str) -> Result<StartOutcome, PortError> {
        let request = self.client.start_execution().name(name).input(input);
        match request.state_machine_arn(&self.started_by).send().await {
            Ok(started) => Ok(StartOutcome::Started(started.execution_arn)),
            Err(error) if error.code() == Some("ExecutionAlreadyExists") => Ok(StartOutcome::AlreadyExists),
            Err(error) => Err(failed("StartExecution", &error)),
        }
    }

    async fn describe(&self, name: &str) -> Result<Option<ExecutionState>, PortError> {
        let arn = self.execution_arn(name);
        match self.client.describe_execution().execution_arn(&arn).send().await {
            Ok(found) => Ok(Some(ExecutionState {
                arn,
                status: found.status.as_str().to_owned(),
                input: found.input.unwrap_or_default(),
                started_at: timestamp(found.start_date),
                stopped_at: found.stop_date.map(timestamp),
                error: found.error,
                cause: found.cause,
            })),
            Err(error) if error.code() == Some("ExecutionDoesNotExist") => Ok(None),
            Err(error) => Err(failed("DescribeExecution", &error)),
        }
    }

    /// Step Functions does not say whether it was this call that ended it: the end does.
    async fn stop(&self, name: &str, error: &str, cause: &str) -> Result<bool, PortError> {
        let running = self.describe(name).await?.filter(|found| found.status == "RUNNING");
        let Some(running) = running else { return Ok(false) };
        let request = self.client.stop_execution().execution_arn(running.arn);
        let stopped = request.error(error).cause(cause).send().await;
        stopped.map_err(|error| failed("StopExecution", &error))?;
        let ended = self.describe(name).await?;
        Ok(ended.is_some_and(|ended| ended.status == "ABORTED"))
    }
}

fn timestamp(time: aws_sdk_sfn::primitives::DateTime) -> Timestamp {
    time.to_millis()
        .ok()
        .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
        .unwrap_or_default()
}

/// The dead-letter queue in SQS. It can be read from the front only: what lies deeper than `RECEIVES` reach is left, and
/// ends with the queue's retention.
#[derive(Clone, Debug)]
pub struct SqsQueue {
    client: aws_sdk_sqs::Client,
    url: String,
}

/// How often messages are received for one redrive, ten at a time.
const RECEIVES: usize = 20;
/// Seconds for which they are kept from others meanwhile.
const VISIBILITY: i32 = 30;

impl SqsQueue {
    /// The queue of this URL.
    pub fn new(client: aws_sdk_sqs::Client, url: impl Into<String>) -> Self {
        Self {
            client,
            url: url.into(),
        }
    }

    async fn receive(&self) -> Result<Vec<Message>, PortError> {
        let request = self.client.receive_message().queue_url(&self.url);
        let request = request.max_number_of_messages(10).visibility_timeout(VISIBILITY);
        let received = request.send().await.map_err(|error| failed("ReceiveMessage", &error))?;
        Ok(received.messages.unwrap_or_default())
    }

    /// Removes messages by their receipts; how many of them.
    async fn delete(&self, receipts: Vec<String>) -> Result<usize, PortError> {
        let entries = receipts.into_iter().enumerate().map(|(index, receipt)| {
            DeleteMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .receipt_handle(receipt)
                .build()
        });
        let entries = entries.collect::<Result<Vec<_>, _>>().map_err(|error| PortError {
            what: "DeleteMessageBatch",
            detail: error.to_string(),
            retryable: false,
        })?;
        if entries.is_empty() {
            return Ok(0);
        }
        let request = self.client.delete_message_batch().queue_url(&self.url);
        let deleted = request.set_entries(Some(entries)).send().await;
        deleted
            .map(|deleted| deleted.successful.len())
            .map_err(|error| failed("DeleteMessageBatch", &error))
    }

    /// Gives a message back at once. Where that fails it comes back by itself.
    async fn give_back(&self, receipt: &str) {
        let request = self.client.change_message_visibility().queue_url(&self.url);
        if let Err(error) = request.receipt_handle(receipt).visibility_timeout(0).send().await {
            tracing::debug!(%error, "a notice comes back later");
        }
    }
}

#[async_trait]
impl DeadLetterQueue for SqsQueue {
    async fn drain(&self, redriven: &[(String, u32)]) -> Result<usize, PortError> {
        let (mut drained, mut others) = (0, Vec::new());
        let mut ended = Ok(());
        for _ in 0..RECEIVES {
            let received = match self.receive().await {
                Ok(received) if received.is_empty() => break,
                Ok(received) => received,
                Err(error) => {
                    ended = Err(error);
                    break;
                }
            };
            let (old, rest): (Vec<_>, Vec<_>) = received
                .into_iter()
                .partition(|message| precedes(message.body().unwrap_or_default(), redriven));
            others.extend(rest.into_iter().filter_map(|message| message.receipt_handle));
            match self
                .delete(old.into_iter().filter_map(|message| message.receipt_handle).collect())
                .await
            {
                Ok(deleted) => drained += deleted,
                Err(error) => {
                    ended = Err(error);
                    break;
                }
            }
        }
        // Only now: what is given back at once would be received again.
        for receipt in &others {
            self.give_back(receipt).await;
        }
        ended.map(|()| drained)
    }
}

/// The detail is the error's code: messages of AWS may quote what they were asked.
fn failed<E: ProvideErrorMetadata>(what: &'static str, error: &SdkError<E>) -> PortError {
    let code = error.code();
    PortError {
        what,
        detail: code.unwrap_or("no answer").to_owned(),
        retryable: code.is_none_or(|code| !LASTING.iter().any(|lasting| code.contains(lasting))),
    }
}

/// What a repetition does not mend, by parts of the codes. Everything else may pass: throttling, faults of the service, no
/// answer.
///
/// Source: <https://docs.aws.amazon.com/step-functions/latest/apireference/CommonErrors.html>, and the errors of each
/// operation in the API references of Step Functions and SQS.
const LASTING: [&str; 9] = [
    "AccessDenied",
    "DoesNotExist",
    "Invalid",
    "KmsAccessDenied",
    "NonExistentQueue",
    "NotAuthorized",
    "StateMachineDeleting",
    "UnrecognizedClient",
    "Validation",
];
