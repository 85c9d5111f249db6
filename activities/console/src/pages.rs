//! The pages, one file for each.

pub(crate) mod compose;
pub(crate) mod dead_letters;
pub(crate) mod definition;
pub(crate) mod docs;
pub(crate) mod execution;
pub(crate) mod health;
pub(crate) mod machine;
pub(crate) mod machines;
pub(crate) mod message;
pub(crate) mod messages;
pub(crate) mod raw;
pub(crate) mod schedules;
pub(crate) mod start;

use askama::Template;
use axum::response::Html;

use crate::failure::Failure;

/// What a handler answers.
pub(crate) type Answer = Result<Html<String>, Failure>;

/// Writes a page.
pub(crate) fn html(page: &impl Template) -> Answer {
    Ok(Html(page.render()?))
}

/// The address of a state machine's page.
pub(crate) fn machine_address(name: &str) -> String {
    format!("/console/machines/{}", crate::html::encoded(name))
}

/// The address of a message's page.
pub(crate) fn message_address(id: &str) -> String {
    format!("/console/messages/{}", crate::html::encoded(id))
}

/// The address of an execution's page.
pub(crate) fn execution_address(id: &crate::state_machines::ExecutionId) -> String {
    format!("/console/executions/{}", crate::html::encoded(&id.to_string()))
}
