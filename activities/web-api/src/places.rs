//! Where what the API asks is on AWS, and the API over it.

use std::sync::Arc;

use activity_runtime::{AcknowledgementLinks, Clock};
use api::{Api, Entrance, Ports, Schedules};
use aws_config::SdkConfig;
use redrive_message::{SqsQueue, StepFunctions};
use tables::Messages;
use tables::breaker::{Breakers, Thresholds};

use crate::{AwsMeasures, SfnTaskTokens, StageChanges};

/// Where the messages of a stage and what belongs to them are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The stage: `dev`, `stage` or `prod`.
    pub stage: String,
    /// The table of messages.
    pub messages: String,
    /// The table of circuit breakers.
    pub breakers: String,
    /// The state machine `process-message`, without version or alias.
    pub state_machine_arn: String,
    /// The alias by which its executions are started; by itself if there is none.
    pub state_machine_alias_arn: Option<String>,
    /// The dead-letter queue.
    pub dead_letter_queue_url: String,
}

impl Places {
    /// The API over AWS. Nothing is asked yet.
    pub fn api(
        &self,
        aws: &SdkConfig,
        clock: Arc<dyn Clock>,
        schedules: Arc<dyn Schedules>,
        entrance: Entrance,
        acknowledgement_links: Option<AcknowledgementLinks>,
    ) -> Api {
        let dynamodb = aws_sdk_dynamodb::Client::new(aws);
        let sfn = aws_sdk_sfn::Client::new(aws);
        let sqs = aws_sdk_sqs::Client::new(aws);
        let messages = Arc::new(Messages::new(dynamodb.clone(), &self.messages));
        // Whoever lists and resets breakers never opens one: the thresholds are those of the activity that delivers.
        let breakers = Arc::new(Breakers::new(dynamodb, &self.breakers, Thresholds::default()));
        let executions = StepFunctions::new(sfn.clone(), &self.state_machine_arn);
        let executions = Arc::new(executions.started_by(self.state_machine_alias_arn.as_deref()));
        Api::from(Ports {
            changes: Arc::new(StageChanges {
                messages: messages.clone(),
                executions: executions.clone(),
                clock: Arc::clone(&clock),
                stage: self.stage.clone(),
                state_machine: self.state_machine_arn.rsplit(':').next().unwrap_or_default().to_owned(),
            }),
            measures: Arc::new(AwsMeasures {
                breakers: breakers.clone(),
                queues: sqs.clone(),
                dead_letter_queue_url: self.dead_letter_queue_url.clone(),
                clock: Arc::clone(&clock),
            }),
            executions,
            messages,
            breakers,
            dead_letters: Arc::new(SqsQueue::new(sqs, &self.dead_letter_queue_url)),
            task_tokens: Arc::new(SfnTaskTokens(sfn)),
            schedules,
            acknowledgement_links,
            live: false,
            searches: false,
            clock,
            stage: self.stage.clone(),
            entrance: Arc::new(entrance),
        })
    }
}
