//! AWS as moto plays it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use activity_runtime::Environment;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_ssm::config::Credentials;
use aws_sdk_ssm::types::ParameterType;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tests::tools;

pub(crate) const KEY: [u8; 32] = [7; 32];
pub(crate) const KEY_PARAMETER: &str = "/rez-agent/dev/session-key";
pub(crate) const MESSAGES: &str = "rez-agent-messages-dev";
pub(crate) const MACHINE: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:process-message";
const BREAKERS: &str = "rez-agent-circuit-breaker-dev";
const GROUP: &str = "rez-agent-dev";
const SCRIPT: &str = "import sys\nfrom moto.server import ThreadedMotoServer\n\
                      server = ThreadedMotoServer('127.0.0.1', 0)\nserver.start()\n\
                      print('at %s:%s' % server.get_host_and_port(), flush=True)\nsys.stdin.read()";

/// A running moto, which ends with this value.
pub(crate) struct Moto {
    process: Child,
    pub(crate) aws: SdkConfig,
}

impl Moto {
    /// `None`, with a word, where moto is not installed.
    pub(crate) fn start() -> Option<Self> {
        let python = tools::file("python/bin/python")?;
        let mut process = Command::new(python)
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("python starts");
        let mut said = BufReader::new(process.stdout.take().expect("it is piped")).lines();
        // It says other things as well.
        let address = said.find_map(|line| Some(line.ok()?.strip_prefix("at ")?.to_owned()));
        let address = address.expect("moto says where it listens");
        Some(Self {
            process,
            aws: aws(&format!("http://{address}")),
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

impl Drop for Moto {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A configuration that asks this address, whatever the service.
pub(crate) fn aws(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("test", "secret", Some("session".to_owned()), None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::new("us-east-1"))
        .credentials_provider(aws_sdk_ssm::config::SharedCredentialsProvider::new(credentials))
        .build()
}
