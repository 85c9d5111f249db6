//! What the events of a history say besides their types.
//!
//! Events are written far more often than anybody reads them, so one costs little while it stands in a step: the details
//! are typed, texts are shared with the execution and the machine, and only serialising makes JSON of them.

use std::sync::Arc;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::data::Data;
use crate::failure::Failure;
use crate::resource::Resource;

/// The content of an event's details member.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Details {
    /// The event has no such member.
    None,
    /// `stateEnteredEventDetails`.
    Entered { input: Data, name: Arc<str> },
    /// `stateExitedEventDetails`.
    Exited {
        output: Data,
        name: Arc<str>,
        assigned: Box<[(String, Data)]>,
    },
    /// `name` and `index`, as all events of iterations have them.
    Iteration { name: Arc<str>, index: u32 },
    /// Any others.
    Members(Box<Members>),
}

/// The members that details of all kinds consist of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Members {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resource_type: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resource: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) worker_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timeout_in_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) heartbeat_in_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) task_credentials: Option<TaskCredentials>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) redrive_count: Option<u32>,
    #[serde(skip)]
    pub(crate) data: Option<Carried>,
}

/// The data that an event carries: one at most.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Carried {
    Input(Data),
    Parameters(Data),
    Output(Data),
}

/// `taskCredentials`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskCredentials {
    pub(crate) role_arn: String,
}

impl From<Members> for Details {
    fn from(members: Members) -> Self {
        Self::Members(Box::new(members))
    }
}

impl Members {
    /// `error` and `cause`, where there are any.
    pub(crate) fn failed(failure: &Failure) -> Self {
        Self {
            error: failure.error.clone(),
            cause: failure.cause.clone(),
            ..Self::default()
        }
    }

    /// `resourceType` and `resource`, as all events of service integrations have them.
    #[must_use]
    pub(crate) fn of(self, resource: &Resource) -> Self {
        Self {
            resource_type: Some(Arc::clone(&resource.service)),
            resource: Some(Arc::clone(&resource.action)),
            ..self
        }
    }

    /// With `input`.
    pub(crate) fn input(data: Data) -> Self {
        Self {
            data: Some(Carried::Input(data)),
            ..Self::default()
        }
    }

    /// With `output`.
    pub(crate) fn output(data: Data) -> Self {
        Self {
            data: Some(Carried::Output(data)),
            ..Self::default()
        }
    }
}

/// The marker beside data, which says that nothing was cut off: nothing ever is.
#[derive(Clone, Copy, Serialize)]
struct Whole {
    truncated: bool,
}

const WHOLE: Whole = Whole { truncated: false };

impl Serialize for Details {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = match self {
            Self::Members(members) => return OnTheWire::of(members).serialize(serializer),
            _ => serializer.serialize_map(None)?,
        };
        match self {
            Self::None | Self::Members(_) => {}
            Self::Entered { input, name } => {
                map.serialize_entry("input", input)?;
                map.serialize_entry("name", name)?;
                map.serialize_entry("inputDetails", &WHOLE)?;
            }
            Self::Exited { output, name, assigned } => {
                map.serialize_entry("output", output)?;
                map.serialize_entry("name", name)?;
                map.serialize_entry("outputDetails", &WHOLE)?;
                if !assigned.is_empty() {
                    map.serialize_entry("assignedVariables", &Variables(assigned))?;
                    map.serialize_entry("assignedVariablesDetails", &WHOLE)?;
                }
            }
            Self::Iteration { name, index } => {
                map.serialize_entry("name", name)?;
                map.serialize_entry("index", index)?;
            }
        }
        map.end()
    }
}

/// Members with the data that they carry.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OnTheWire<'a> {
    #[serde(flatten)]
    members: &'a Members,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a Data>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_details: Option<Whole>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<&'a Data>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a Data>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_details: Option<Whole>,
}

impl<'a> OnTheWire<'a> {
    fn of(members: &'a Members) -> Self {
        let [mut input, mut parameters, mut output] = [None; 3];
        match &members.data {
            Some(Carried::Input(data)) => input = Some(data),
            Some(Carried::Parameters(data)) => parameters = Some(data),
            Some(Carried::Output(data)) => output = Some(data),
            None => {}
        }
        Self {
            members,
            input,
            input_details: input.map(|_| WHOLE),
            parameters,
            output,
            output_details: output.map(|_| WHOLE),
        }
    }
}

/// Variables with their values as JSON text.
struct Variables<'a>(&'a [(String, Data)]);

impl Serialize for Variables<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, data)| (name, data)))
    }
}
