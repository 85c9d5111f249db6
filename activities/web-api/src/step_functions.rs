//! Step Functions for the console: any operation, as AWS JSON 1.0.

use async_trait::async_trait;
use aws_config::SdkConfig;
use console::{ServiceError, StepFunctions};
use serde_json::{Value, json};

use crate::{CannotSign, Service, Signed};

/// The most events of a history in one answer. Source: Step Functions API reference, `GetExecutionHistory`, `maxResults`.
const PAGE: u64 = 1_000;
/// How many pages are read at most: a history has 25,000 events at most. Source: Step Functions Developer Guide, "Quotas".
const PAGES: u64 = 25;

/// Step Functions of a region, asked in the name of the function's role.
#[derive(Clone, Debug)]
pub struct SignedStepFunctions(Signed);

impl SignedStepFunctions {
    /// Step Functions of the configuration's region, or behind its endpoint if it has one.
    pub fn new(aws: &SdkConfig) -> Result<Self, CannotSign> {
        Signed::new(aws).map(Self)
    }
}

#[async_trait]
impl StepFunctions for SignedStepFunctions {
    async fn call(&self, operation: &str, input: Value) -> Result<Value, ServiceError> {
        self.0.call(&Service::STEP_FUNCTIONS, operation, &input).await
    }

    async fn events(&self, arn: &str, first: u64, limit: u64, data: bool) -> Result<Vec<Value>, ServiceError> {
        // Pages begin at the first event alone.
        let last = first.saturating_add(limit);
        let (mut found, mut token) = (Vec::new(), None::<Value>);
        for _ in 0..PAGES {
            let mut input = json!({ "executionArn": arn, "maxResults": PAGE, "includeExecutionData": data });
            if let Some(token) = token {
                input["nextToken"] = token;
            }
            let mut answer = self.call("GetExecutionHistory", input).await?;
            let events = answer["events"].as_array_mut().map(std::mem::take).unwrap_or_default();
            let beyond = events.last().is_some_and(|event| id(event) >= last);
            found.extend(events.into_iter().filter(|event| (first..last).contains(&id(event))));
            token = Some(answer["nextToken"].take()).filter(Value::is_string);
            if beyond || token.is_none() {
                break;
            }
        }
        Ok(found)
    }

    /// Counting would read every execution, page after page.
    async fn counts(&self, _: &str) -> Result<Option<[u64; 5]>, ServiceError> {
        Ok(None)
    }
}

/// The number of an event; they count from 1.
fn id(event: &Value) -> u64 {
    event["id"].as_u64().unwrap_or_default()
}
