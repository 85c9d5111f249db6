//! `CreateStateMachine`, `DescribeStateMachine`, `DescribeStateMachineForExecution`, `ListStateMachines`.

use std::sync::Arc;

use asl::{ExecutionType, Findings};
use journal::{CommitError, StateMachine, StateMachineId};
use serde_json::{Map, Value, json};

use super::answer::date;
use super::error::ApiError;
use super::executions;
use super::names::{self, NAME_CHARS};
use super::operations::Answer;
use super::page::{Page, add_token};
use super::parameters::Parameters;
use super::tags;
use crate::host::{Content, Host, HostError};
use crate::{addresses, definition};

/// The longest definition. Source: API reference, `CreateStateMachine`, `definition`.
pub(super) const DEFINITION_BYTES: usize = 1_048_576;
/// The longest `nextToken`. Source: API reference, `ListStateMachines`.
const TOKEN_CHARS: usize = 1_024;

/// `CreateStateMachine`. The same request again gives the same answer.
pub(super) async fn create(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let name = parameters.text("name", 1, NAME_CHARS);
    let definition = parameters.text("definition", 1, DEFINITION_BYTES);
    let role_arn = parameters.arn("roleArn");
    let machine_type = parameters
        .choice("type", &["STANDARD", "EXPRESS"])
        .unwrap_or_else(|| "STANDARD".to_owned());
    let publish = parameters.flag("publish").unwrap_or(false);
    let description = parameters.optional_text("versionDescription", 0, 256);
    let tags = tags::given(&mut parameters, false);
    parameters.check()?;
    names::check(&name)?;
    names::role(&role_arn)?;
    refuse_versions(publish, description.is_some())?;
    if machine_type == "EXPRESS" {
        definition::check(&definition, ExecutionType::Express).map_err(|findings| refused(&findings))?;
        return Err(ApiError::new(
            "StateMachineTypeNotSupported",
            "Express state machines are not supported by this server yet",
        ));
    }
    let settings = settings(&parameters, None)?;
    accept(&definition)?;
    let content = Content {
        definition,
        role_arn,
        settings: settings.to_string(),
    };
    let arn = addresses::state_machine_arn(&name);
    let tags = tags::of_new(&arn, &tags)?;
    match host
        .create_state_machine(&name, content.clone(), |id| tags.with(id.0))
        .await
    {
        Ok(created) => Ok(created_answer(&created)),
        Err(HostError::Commit(CommitError::Exists)) => existing(&host, &name, &content).await,
        Err(error) => Err(error.into()),
    }
}

/// Idempotent if definition, type, logging and tracing are the same; role and tags are not looked at.
///
/// Source: API reference, `CreateStateMachine`.
async fn existing(host: &Host, name: &str, content: &Content) -> Answer {
    let arn = addresses::state_machine_arn(name);
    match host.journal.state_machine(name).await? {
        Some(found)
            if found.revision.definition == content.definition && found.revision.settings == content.settings =>
        {
            Ok(created_answer(&found))
        }
        Some(_) => Err(ApiError::new(
            "StateMachineAlreadyExists",
            format!("State Machine Already Exists: '{arn}'"),
        )),
        None => Err(ApiError::deleting(&arn)),
    }
}

/// The error about a state machine that is not there, or is being deleted.
pub(crate) async fn absent(host: &Host, name: &str, arn: &str) -> Result<ApiError, ApiError> {
    let deleting = host.journal.state_machine_or_deleted(name).await?.is_some();
    Ok(if deleting {
        ApiError::deleting(arn)
    } else {
        ApiError::no_state_machine(arn)
    })
}

fn created_answer(machine: &StateMachine) -> Value {
    json!({
        "creationDate": date(machine.created_at),
        "stateMachineArn": addresses::state_machine_arn(&machine.name),
    })
}

/// Versions are not kept yet, and asking for one must not seem to have worked.
pub(super) fn refuse_versions(publish: bool, described: bool) -> Result<(), ApiError> {
    if described && !publish {
        return Err(ApiError::new(
            "ValidationException",
            "Version description can only be set when publish is true",
        ));
    }
    if publish {
        return Err(ApiError::new(
            "ValidationException",
            "publish: versions are not supported by this server yet",
        ));
    }
    Ok(())
}

/// Refuses a definition that cannot be run.
pub(super) fn accept(definition: &str) -> Result<(), ApiError> {
    definition::compile(definition)
        .map(|_| ())
        .map_err(|findings| refused(&findings))
}

fn refused(findings: &Findings) -> ApiError {
    ApiError::new("InvalidDefinition", findings.aws_message())
}

/// Type, logging, tracing and encryption as they are kept and shown: what the caller gave, else what was there, else the
/// default.
pub(super) fn settings(parameters: &Parameters, before: Option<&str>) -> Result<Value, ApiError> {
    let mut settings = before
        .and_then(|before| serde_json::from_str(before).ok())
        .unwrap_or_else(|| {
            json!({
                "type": "STANDARD",
                "loggingConfiguration": { "includeExecutionData": false, "level": "OFF" },
                "tracingConfiguration": { "enabled": false },
            })
        });
    if let Some(logging) = parameters.value("loggingConfiguration") {
        settings["loggingConfiguration"] = self::logging(logging)?;
    }
    for name in ["tracingConfiguration", "encryptionConfiguration"] {
        if let Some(value) = parameters.value(name) {
            settings[name] = value.clone();
        }
    }
    Ok(settings)
}

/// Source: API reference, `CreateStateMachine`.
pub(super) fn defaults() -> Value {
    json!({
        "type": "STANDARD",
        "loggingConfiguration": { "includeExecutionData": false, "level": "OFF" },
        "tracingConfiguration": { "enabled": false },
    })
}

/// A logging configuration with its defaults filled in.
fn logging(given: &Value) -> Result<Value, ApiError> {
    let level = given.get("level").and_then(Value::as_str).unwrap_or("OFF");
    let destinations = given.get("destinations").and_then(Value::as_array);
    let count = destinations.map_or(0, Vec::len);
    if count > 1 || level != "OFF" && count == 0 {
        return Err(ApiError::new(
            "InvalidLoggingConfiguration",
            "Invalid Logging Configuration: Must specify exactly one Log Destination.",
        ));
    }
    let included = given
        .get("includeExecutionData")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    let mut logging = json!({ "includeExecutionData": included, "level": level });
    if let Some(destinations) = destinations {
        logging["destinations"] = Value::Array(destinations.clone());
    }
    Ok(logging)
}

/// `DescribeStateMachine`. One that has been deleted is described until its last execution has ended.
pub(super) async fn describe(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let arn = parameters.arn("stateMachineArn");
    let included = included_data(&mut parameters);
    parameters.check()?;
    let name = names::state_machine(&arn)?;
    let found = host
        .journal
        .state_machine_or_deleted(&name)
        .await?
        .ok_or_else(|| ApiError::no_state_machine(&arn))?;
    let mut answer = description(&found, included);
    answer["creationDate"] = date(found.created_at);
    answer["status"] = json!(if found.deleted { "DELETING" } else { "ACTIVE" });
    Ok(answer)
}

/// `DescribeStateMachineForExecution`: the definition that the execution runs, whatever the current one is.
pub(super) async fn describe_for_execution(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let arn = parameters.arn("executionArn");
    let included = included_data(&mut parameters);
    parameters.check()?;
    let execution = executions::found(&host, &arn).await?;
    let found = host
        .journal
        .revision(execution.summary.state_machine, execution.revision)
        .await?;
    let found = found.ok_or_else(|| ApiError::no_execution(&arn))?;
    let mut answer = description(&found, included);
    answer["updateDate"] = date(found.revision.created_at);
    if let Some(answer) = answer.as_object_mut() {
        answer.shift_remove("type");
    }
    Ok(answer)
}

/// Whether the caller wants more than metadata, as `includedData` says.
pub(super) fn included_data(parameters: &mut Parameters) -> bool {
    let included = parameters.choice("includedData", &["ALL_DATA", "METADATA_ONLY"]);
    included.as_deref() != Some("METADATA_ONLY")
}

/// Without the data, the definition is `{}`. Source: API reference, `DescribeStateMachine`.
fn description(machine: &StateMachine, included: bool) -> Value {
    let definition = if included {
        machine.revision.definition.as_str()
    } else {
        "{}"
    };
    let mut answer = json!({
        "stateMachineArn": addresses::state_machine_arn(&machine.name),
        "name": machine.name,
        "definition": definition,
        "roleArn": machine.revision.role_arn,
    });
    let definition = serde_json::from_str(definition).unwrap_or_default();
    let variables: Map<String, Value> = engine::variable_references(&definition)
        .into_iter()
        .map(|(state, names)| (state, json!(names)))
        .collect();
    if !variables.is_empty() {
        answer["variableReferences"] = Value::Object(variables);
    }
    if let Ok(Value::Object(settings)) = serde_json::from_str(&machine.revision.settings) {
        settings.into_iter().for_each(|(name, value)| answer[name] = value);
    }
    // AWS names a revision only once there has been more than one.
    if machine.revision.number > 1 {
        answer["revisionId"] = json!(machine.revision.revision_id);
    }
    answer
}

/// `ListStateMachines`: the newest first.
pub(super) async fn list(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let page = Page::read(&mut parameters, TOKEN_CHARS);
    parameters.check()?;
    let before = page.number("state machines")?.map(StateMachineId);
    let mut machines = host.journal.state_machines(before, page.limit + 1).await?;
    let more = machines.len() > page.limit;
    machines.truncate(page.limit);
    let mut answer = json!({ "stateMachines": machines.iter().map(line).collect::<Vec<_>>() });
    if let Some(last) = machines.last().filter(|_| more) {
        add_token(&mut answer, "state machines", last.id.0);
    }
    Ok(answer)
}

fn line(machine: &StateMachine) -> Value {
    let settings: Value = serde_json::from_str(&machine.revision.settings).unwrap_or_default();
    json!({
        "creationDate": date(machine.created_at),
        "name": machine.name,
        "stateMachineArn": addresses::state_machine_arn(&machine.name),
        "type": settings.get("type").and_then(Value::as_str).unwrap_or("STANDARD"),
    })
}
