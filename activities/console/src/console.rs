//! What the pages work with.

use std::collections::BTreeMap;
use std::sync::Arc;

use activity_runtime::Clock;
use axum::Router;
use serde_json::Value;

use crate::json_api::JsonApi;
use crate::port::StepFunctions;
use crate::state_machines::StateMachines;

/// Everything behind the pages.
#[derive(Clone)]
pub struct Console {
    pub(crate) machines: StateMachines,
    pub(crate) api: JsonApi,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) schemas: Arc<BTreeMap<String, Value>>,
}

impl Console {
    /// The pages over Step Functions and the JSON API's router. `arn_prefix` is what all ARNs of the service begin with,
    /// `arn:aws:states:REGION:ACCOUNT`.
    pub fn new(step_functions: Arc<dyn StepFunctions>, arn_prefix: &str, api: Router, clock: Arc<dyn Clock>) -> Self {
        Self {
            machines: StateMachines {
                port: step_functions,
                arn_prefix: arn_prefix.to_owned(),
            },
            api: JsonApi { router: api },
            clock,
            schemas: Arc::default(),
        }
    }

    /// The JSON schemas of the inputs of state machines, by their names, for the forms that start them.
    #[must_use]
    pub fn with_schemas(self, schemas: BTreeMap<String, Value>) -> Self {
        Self {
            schemas: Arc::new(schemas),
            ..self
        }
    }
}
