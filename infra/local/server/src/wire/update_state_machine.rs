//! `UpdateStateMachine` and `DeleteStateMachine`.

use std::sync::Arc;

use serde_json::json;

use super::answer::date;
use super::error::ApiError;
use super::names;
use super::operations::Answer;
use super::parameters::Parameters;
use super::state_machines::{DEFINITION_BYTES, absent, accept, refuse_versions, settings};
use crate::host::{Content, Host};
use crate::workflows;

/// `UpdateStateMachine`. Running executions keep the definition they were started with.
pub(super) async fn update(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let arn = parameters.arn("stateMachineArn");
    let definition = parameters.optional_text("definition", 1, DEFINITION_BYTES);
    let role_arn = parameters.optional_text("roleArn", 1, 256);
    let publish = parameters.flag("publish").unwrap_or(false);
    let description = parameters.optional_text("versionDescription", 0, 256);
    parameters.check()?;
    refuse_versions(publish, description.is_some())?;
    let configured = [
        "loggingConfiguration",
        "tracingConfiguration",
        "encryptionConfiguration",
    ];
    if definition.is_none() && role_arn.is_none() && configured.iter().all(|name| parameters.value(name).is_none()) {
        return Err(ApiError::new(
            "MissingRequiredParameter",
            "Either the definition, the role ARN, the LoggingConfiguration, the TracingConfiguration or the \
             EncryptionConfiguration must be specified",
        ));
    }
    let name = names::state_machine(&arn)?;
    refuse_our_own(&name)?;
    role_arn.as_deref().map_or(Ok(()), names::role)?;
    definition.as_deref().map_or(Ok(()), accept)?;
    let Some(current) = host.journal.state_machine(&name).await? else {
        return Err(absent(&host, &name, &arn).await?);
    };
    let settings = settings(&parameters, Some(&current.revision.settings))?;
    let content = Content {
        definition: definition.unwrap_or_else(|| current.revision.definition.clone()),
        role_arn: role_arn.unwrap_or_else(|| current.revision.role_arn.clone()),
        settings: settings.to_string(),
    };
    // The recorded answers show that what changes nothing makes no revision.
    if content == Content::of(&current.revision) {
        return Ok(json!({ "updateDate": date(host.now()) }));
    }
    let revision = host.update_state_machine(&current, content).await?;
    Ok(json!({ "revisionId": revision.revision_id, "updateDate": date(revision.created_at) }))
}

/// `DeleteStateMachine`. Deleting what is not there is no error.
pub(super) async fn delete(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let arn = parameters.arn("stateMachineArn");
    parameters.check()?;
    let Ok(name) = names::state_machine(&arn) else {
        return if crate::addresses::StatesArn::parse(&arn).is_some() {
            Ok(json!({}))
        } else {
            Err(ApiError::invalid_arn(&arn))
        };
    };
    refuse_our_own(&name)?;
    if let Some(found) = host.journal.state_machine(&name).await? {
        host.delete_state_machine(&found).await?;
    }
    Ok(json!({}))
}

/// Without the state machines of this server, as they were committed, no message could be accepted or sent again until the
/// next start.
fn refuse_our_own(name: &str) -> Result<(), ApiError> {
    if workflows::is_ours(name) {
        return Err(ApiError::own_state_machine(name));
    }
    Ok(())
}
