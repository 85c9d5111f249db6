//! A stage that is deployed in moto.

use std::collections::BTreeMap;
use std::process::Command;

use activity_runtime::{Environment, Lambda, Measurement, Metrics};
use aws_config::SdkConfig;
use aws_sdk_ssm::types::ParameterType;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use std::sync::Arc;
use tests::moto::Moto;
use tests::{root, tools};

/// Which stage it is.
pub(super) const STAGE: &str = "dev";
const SESSION_KEY: [u8; 32] = [7; 32];

/// A stage, and what each of its functions is told and allowed.
pub(super) struct Stage {
    pub(super) moto: Moto,
    pub(super) functions: BTreeMap<String, Function>,
}

/// A function as the template makes it.
pub(super) struct Function {
    pub(super) environment: BTreeMap<String, String>,
    /// The statements of its role's policies.
    pub(super) statements: Vec<Value>,
}

impl Stage {
    /// Deploys the template. `None`, with a word, where moto is not installed.
    pub(super) fn deployed() -> Option<Self> {
        let moto = Moto::start()?;
        let functions = deploy(&moto.url)?;
        Some(Self { moto, functions })
    }

    /// Puts what `infra/aws/secrets` puts, with ntfy at this address.
    pub(super) async fn secrets(&self, ntfy: &str) {
        let key = BASE64_STANDARD.encode(SESSION_KEY);
        for (name, value) in [("ntfy-url", ntfy), ("ntfy-api-key", "tk_x"), ("session-key", &key)] {
            self.put(name, value, ParameterType::SecureString).await;
        }
    }

    /// Puts a parameter of the stage.
    pub(super) async fn put(&self, name: &str, value: &str, kind: ParameterType) {
        let put = aws_sdk_ssm::Client::new(&self.moto.aws)
            .put_parameter()
            .name(format!("/rez-agent/{STAGE}/{name}"));
        let put = put.value(value).r#type(kind).overwrite(true);
        put.send().await.expect("it is put");
    }

    /// The ARN of the state machine of messages.
    pub(super) fn state_machine(&self) -> &str {
        &self.functions["start-messages"].environment["STATE_MACHINE_ARN"]
    }

    /// A function as Lambda starts it, asking AWS through this configuration.
    pub(super) fn lambda(&self, function: &str, aws: &SdkConfig) -> Lambda {
        Lambda {
            environment: self.environment(function, &[]),
            aws: aws.clone(),
            metrics: Arc::new(Nowhere),
        }
    }

    /// What a function is told, with some of it changed.
    pub(super) fn environment(&self, function: &str, changed: &[(&str, &str)]) -> Environment {
        let told = self.functions[function].environment.iter();
        // moto starts no executions by an alias.
        let told = told.filter(|(name, _)| *name != "STATE_MACHINE_ALIAS_ARN");
        let told = told.map(|(name, value)| (name.as_str(), value.as_str()));
        told.chain(changed.iter().copied()).collect()
    }
}

/// Measurements are no calls of AWS: functions write them into their logs.
struct Nowhere;

impl Metrics for Nowhere {
    fn record(&self, _: &Measurement) {}
}

fn deploy(url: &str) -> Option<BTreeMap<String, Function>> {
    let output = Command::new(tools::file("python/bin/python")?)
        .arg(root().join("tests/on_moto/deploy.py"))
        .arg(url)
        .arg(root().join(codegen::INFRASTRUCTURE).join("template.json"))
        .arg(STAGE)
        .output()
        .expect("python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let made: BTreeMap<String, Value> = serde_json::from_slice(&output.stdout).expect("it prints JSON");
    let function = |made: Value| Function {
        environment: serde_json::from_value(made["environment"].clone()).expect("texts"),
        statements: made["statements"].as_array().cloned().expect("a list"),
    };
    Some(made.into_iter().map(|(name, made)| (name, function(made))).collect())
}
