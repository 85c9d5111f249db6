//! AWS as moto plays it.

use activity_runtime::Environment;
use aws_config::SdkConfig;
use aws_sdk_ssm::types::ParameterType;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

pub(crate) use tests::moto::aws;

pub(crate) const KEY: [u8; 32] = [7; 32];
pub(crate) const KEY_PARAMETER: &str = "/rez-agent/dev/session-key";
pub(crate) const MESSAGES: &str = "rez-agent-messages-dev";
pub(crate) const MACHINE: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:process-message";
const BREAKERS: &str = "rez-agent-circuit-breaker-dev";
const GROUP: &str = "rez-agent-dev";

/// A running moto, which ends with this value.
pub(crate) struct Moto {
    /// It ends with this value.
    _running: tests::moto::Moto,
    pub(crate) aws: SdkConfig,
}

impl Moto {
    /// `None`, with a word, where moto is not installed.
    pub(crate) fn start() -> Option<Self> {
        let running = tests::moto::Moto::start()?;
        Some(Self {
            aws: running.aws.clone(),
            _running: running,
        })
    }

    /// Makes what the template makes, and says what it tells the function.
    pub(crate) async fn prepared(&self, issuer: &str) -> Environment {
        self.settings(issuer).await.into_iter().collect()
    }

    /// The same as names and values.
    pub(crate) async fn settings(&self, issuer: &str) -> Vec<(String, String)> {
        let dynamodb = aws_sdk_dynamodb::Client::new(&self.aws);
        tables::ensure(&dynamodb, MESSAGES, BREAKERS).await.expect("the tables");
        self.put_key(&BASE64_STANDARD.encode(KEY)).await;
        let scheduler = aws_sdk_scheduler::Client::new(&self.aws);
        scheduler
            .create_schedule_group()
            .name(GROUP)
            .send()
            .await
            .expect("the group");
        let machine = aws_sdk_sfn::Client::new(&self.aws)
            .create_state_machine()
            .name("process-message");
        let machine = machine.definition(r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#);
        let role = "arn:aws:iam::123456789012:role/machine";
        let made = machine.role_arn(role).send().await.expect("the state machine");
        assert_eq!(made.state_machine_arn, MACHINE);
        let queue = aws_sdk_sqs::Client::new(&self.aws)
            .create_queue()
            .queue_name("dead-letters");
        let queue = queue.send().await.expect("the queue").queue_url.expect("its URL");
        let settings = [
            ("STAGE", "dev"),
            ("DYNAMODB_TABLE_NAME", MESSAGES),
            ("CIRCUIT_BREAKER_TABLE", BREAKERS),
            ("STATE_MACHINE_ARN", MACHINE),
            ("DEAD_LETTER_QUEUE_URL", &queue),
            ("SCHEDULE_GROUP", GROUP),
            ("SCHEDULER_ROLE_ARN", "arn:aws:iam::123456789012:role/scheduler"),
            (
                "UNDELIVERED_QUEUE_ARN",
                "arn:aws:sqs:us-east-1:123456789012:undelivered",
            ),
            ("SESSION_KEY_PARAM", KEY_PARAMETER),
            ("REZ_PUBLIC_URL", super::PUBLIC_URL),
            ("OIDC_ISSUER", issuer),
            ("OIDC_CLIENT_ID", "rez"),
            ("OIDC_SCOPES", "openid messages:read messages:write"),
        ];
        settings
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
    }

    pub(crate) async fn put_key(&self, value: &str) {
        let parameter = aws_sdk_ssm::Client::new(&self.aws).put_parameter().name(KEY_PARAMETER);
        let parameter = parameter
            .value(value)
            .r#type(ParameterType::SecureString)
            .overwrite(true);
        parameter.send().await.expect("it is put");
    }

    pub(crate) async fn remove_key(&self) {
        let removal = aws_sdk_ssm::Client::new(&self.aws)
            .delete_parameter()
            .name(KEY_PARAMETER);
        removal.send().await.expect("it is removed");
    }
}
