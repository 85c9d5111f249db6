//! The functions: one for each activity that has a `function.toml`.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::TemplateError;
use super::alarms::rollbacks_of_function;
use super::names::{attribute, condition, logical, named, reference, references, resource, setting, sub};

/// What a function needs, as `activities/<name>/function.toml` says it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// The name of the crate, the binary and the function.
    #[serde(skip)]
    pub name: String,
    /// What it does, in a few words.
    pub description: String,
    /// The most that one invocation may take, in seconds (1 to 900).
    pub timeout: u16,
    /// Memory in MB (128 to 10,240).
    pub memory: u16,
    /// The environment variables that it reads.
    #[serde(default)]
    pub settings: Vec<String>,
    /// What it may do. Its log and its traces are allowed beside.
    #[serde(default)]
    pub permissions: Vec<Permission>,
    /// Whether events are handed to it that nobody waits for: what it cannot take in Lambda's three tries is kept in the queue
    /// of what could not be handed over.
    #[serde(default)]
    pub asynchronous: bool,
    /// Whether its contract declares errors: as failed invocations they are counted, and are none of its alarm's.
    #[serde(default = "yes")]
    pub declares_errors: bool,
    /// Whether new versions take over step by step: for functions that are called by their alias.
    #[serde(default)]
    pub shifted: bool,
}

const fn yes() -> bool {
    true
}

/// Actions on resources.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// As IAM writes them.
    pub actions: Vec<String>,
    /// By the words of `codegen/src/aws/names.rs`.
    pub resources: Vec<String>,
}

/// The functions of a workspace, by name.
pub fn functions(workspace: &Path) -> Result<Vec<Function>, TemplateError> {
    let activities = workspace.join("activities");
    let unreadable = |source| TemplateError::Read {
        path: activities.clone(),
        source,
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(&activities).map_err(unreadable)? {
        let directory = entry.map_err(unreadable)?.path();
        let file = directory.join("function.toml");
        if file.exists() {
            found.push(read(&directory, &file)?);
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn read(directory: &Path, file: &Path) -> Result<Function, TemplateError> {
    let text = fs::read_to_string(file).map_err(|source| TemplateError::Read {
        path: file.to_owned(),
        source,
    })?;
    let mut function: Function =
        toml::from_str(&text).map_err(|error| TemplateError::wrong(file, error.to_string()))?;
    function.name = directory
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let wrong = |detail: String| Err(TemplateError::wrong(file, detail));
    if !(1..=900).contains(&function.timeout) {
        return wrong(format!("timeout: {} s; Lambda takes 1 to 900", function.timeout));
    }
    if !(128..=10_240).contains(&function.memory) {
        return wrong(format!("memory: {} MB; Lambda takes 128 to 10,240", function.memory));
    }
    if let Some(unknown) = function.settings.iter().find(|name| setting(name).is_none()) {
        return wrong(format!("settings: {unknown} is not in codegen/src/aws/names.rs"));
    }
    let mut resources = function.permissions.iter().flat_map(|permission| &permission.resources);
    if let Some(unknown) = resources.find(|name| resource(name).is_none()) {
        return wrong(format!("permissions: {unknown} is not in codegen/src/aws/names.rs"));
    }
    Ok(function)
}

impl Function {
    /// Its logical name in the template.
    pub fn logical(&self) -> String {
        logical(&self.name)
    }

    /// The function, its role and its log.
    pub(crate) fn resources(&self) -> Vec<(String, Value)> {
        let name = self.logical();
        vec![
            (format!("{name}Logs"), self.logs()),
            (format!("{name}Role"), self.role()),
            (name, self.function()),
        ]
    }

    fn function(&self) -> Value {
        let name = self.logical();
        let settings: Map<String, Value> = self
            .settings
            .iter()
            .filter_map(|name| Some((name.clone(), setting(name)?)))
            .collect();
        let mut properties = json!({
            "FunctionName": named(&self.name),
            // Its crate, from where the template stands: in the root of the workspace cargo builds `rez` alone.
            "CodeUri": format!("../../../activities/{}", self.name),
            "Description": self.description,
            "Timeout": self.timeout,
            "MemorySize": self.memory,
            "Role": attribute(&format!("{name}Role"), "Arn"),
            "AutoPublishAliasAllProperties": true,
            "LoggingConfig": { "LogFormat": "JSON", "LogGroup": reference(&format!("{name}Logs")) },
            "Environment": { "Variables": settings },
        });
        if self.asynchronous {
            properties["EventInvokeConfig"] = json!({
                "MaximumRetryAttempts": 2,
                "MaximumEventAgeInSeconds": 21_600,
                "DestinationConfig": {
                    "OnFailure": { "Type": "SQS", "Destination": attribute("UndeliveredQueue", "Arn") },
                },
            });
        }
        if self.shifted {
            properties["DeploymentPreference"] = json!({
                "Type": { "Fn::If": ["IsProd", "Linear10PercentEvery3Minutes", "AllAtOnce"] },
                "Alarms": references(&rollbacks_of_function(&name)),
            });
        }
        json!({
            "Type": "AWS::Serverless::Function",
            // A waiting execution may call this version for a year: it must stay when a newer one is there.
            "Metadata": { "BuildMethod": "rust-cargolambda", "BuildProperties": { "Binary": self.name } },
            "Properties": properties,
        })
    }

    fn logs(&self) -> Value {
        json!({
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": sub(&format!("/aws/lambda/rez-agent-{}-${{Stage}}", self.name)),
                "RetentionInDays": { "Fn::FindInMap": ["Stages", reference("Stage"), "LogRetention"] },
            },
        })
    }

    fn role(&self) -> Value {
        let own = [
            json!({
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": [attribute(&format!("{}Logs", self.logical()), "Arn")],
            }),
            // X-Ray knows no resources. Source: Service Authorization Reference, "AWS X-Ray".
            json!({
                "Effect": "Allow",
                "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
                "Resource": ["*"],
            }),
        ];
        let statements: Vec<Value> = own
            .into_iter()
            .chain(self.permissions.iter().map(Permission::statement))
            .chain(self.asynchronous.then(|| {
                json!({
                    "Effect": "Allow",
                    "Action": ["sqs:SendMessage"],
                    "Resource": [attribute("UndeliveredQueue", "Arn")],
                })
            }))
            .collect();
        role("lambda.amazonaws.com", &self.name, &statements)
    }
}

impl Permission {
    fn statement(&self) -> Value {
        let resources: Vec<Value> = self.resources.iter().filter_map(|name| resource(name)).collect();
        let mut statement = json!({ "Effect": "Allow", "Action": self.actions, "Resource": resources });
        if let Some(condition) = self.resources.iter().find_map(|name| condition(name)) {
            statement["Condition"] = condition;
        }
        statement
    }
}

/// A role that a service takes for one thing.
pub(crate) fn role(service: &str, policy: &str, statements: &[Value]) -> Value {
    json!({
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Effect": "Allow",
                    "Principal": { "Service": service },
                    "Action": ["sts:AssumeRole"],
                }],
            },
            "Policies": [{
                "PolicyName": policy,
                "PolicyDocument": { "Version": "2012-10-17", "Statement": statements },
            }],
        },
    })
}
