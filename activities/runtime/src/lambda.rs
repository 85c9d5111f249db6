//! The one place that knows `lambda_runtime`.

use std::sync::Arc;

use aws_config::{BehaviorVersion, SdkConfig};
use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent, Runtime, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::{
    Emf, Environment, Invocation, Invoke, Measurement, Metric, Metrics, MissingSetting, WireError, init_logs, level,
    setting,
};

/// A Lambda function that has started: its settings, its AWS configuration, its metrics.
pub struct Lambda {
    /// The settings.
    pub environment: Environment,
    /// Region and credentials, by the SDK's defaults.
    pub aws: SdkConfig,
    /// Where measurements go.
    pub metrics: Arc<dyn Metrics>,
}

impl Lambda {
    /// Reads the settings and starts logs and metrics.
    pub async fn start() -> Result<Self, StartError> {
        let environment = Environment::of_process();
        init_logs(level(environment.optional(setting::LOG_LEVEL)));
        let metrics = Arc::new(Emf::to_stdout(environment.required(setting::STAGE)?));
        let aws = aws_config::load_defaults(BehaviorVersion::latest()).await;
        Ok(Self {
            environment,
            aws,
            metrics,
        })
    }

    /// Serves invocations until Lambda ends the process.
    pub async fn run(self, handler: impl Invoke) -> Result<(), StartError> {
        let function = self
            .environment
            .optional(setting::FUNCTION_NAME)
            .unwrap_or_default()
            .to_owned();
        let (handler, metrics, function) = (&handler, &*self.metrics, function.as_str());
        let service = service_fn(|event: LambdaEvent<Box<RawValue>>| async move {
            let payload = event.payload.get().as_bytes();
            let answered = handler.invoke(payload, &invocation(&event.context)).await;
            if answered.as_ref().is_err_and(|error| error.declared) {
                metrics.record(&Measurement::count(Metric::DeclaredErrors, function));
            }
            answered.and_then(raw).map_err(diagnostic)
        });
        Runtime::new(service).run().await.map_err(StartError::Runtime)
    }
}

impl Lambda {
    /// Serves events that are no activity's, such as those of API Gateway, until Lambda ends the process.
    pub async fn serve<E, A, R, F>(self, answer: impl Fn(E) -> F) -> Result<(), StartError>
    where
        E: DeserializeOwned + Send,
        A: Serialize,
        R: std::error::Error + Send + Sync + 'static,
        F: Future<Output = Result<A, R>>,
    {
        let answer = &answer;
        let service = service_fn(|event: LambdaEvent<E>| async move {
            answer(event.payload).await.map_err(lambda_runtime::Error::from)
        });
        Runtime::new(service).run().await.map_err(StartError::Runtime)
    }
}

/// The entry of a client context by which a host on one machine says that a call may have been made before. Step Functions
/// gives no context.
pub const REPEATED: &str = "rez-repeated";

fn invocation(context: &lambda_runtime::Context) -> Invocation {
    let said = context
        .client_context
        .as_ref()
        .and_then(|client| client.custom.get(REPEATED));
    let deadline = i64::try_from(context.deadline)
        .ok()
        .and_then(|ms| Timestamp::from_millisecond(ms).ok());
    Invocation {
        request_id: context.request_id.clone(),
        deadline,
        repeated: said.is_some_and(|said| said == "true"),
    }
}

/// The answer as it is: it is JSON already.
fn raw(answer: Vec<u8>) -> Result<Box<RawValue>, WireError> {
    let json = String::from_utf8(answer)
        .ok()
        .and_then(|json| RawValue::from_string(json).ok());
    json.ok_or_else(|| WireError::undeclared(contracts::activity_errors::FAILED, "the output is no JSON"))
}

fn diagnostic(error: WireError) -> Diagnostic {
    Diagnostic {
        error_type: error.error_type.to_owned(),
        error_message: error.error_message,
    }
}

/// A function could not start, or its runtime ended.
#[derive(thiserror::Error)]
pub enum StartError {
    /// A setting is missing.
    #[error(transparent)]
    Missing(#[from] MissingSetting),
    /// Lambda's runtime interface failed.
    #[error("the Lambda runtime ended: {0}")]
    Runtime(lambda_runtime::Error),
}

/// As it is displayed: `main` prints errors by `Debug`, and an operator reads them.
impl std::fmt::Debug for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}
