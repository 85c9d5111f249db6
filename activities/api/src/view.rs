//! A message as the API shows it.

use contracts::{DeadLetter, Execution, Message, MessageType, Priority, Receipt, Status, message_id};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use tables::MessageItem;

use crate::ExecutionState;

/// What its reader gets.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Message")]
pub(crate) struct MessageView {
    message_id: String,
    pub(crate) status: Status,
    body: String,
    title: Option<String>,
    topic: Option<String>,
    priority: Option<Priority>,
    tags: Vec<String>,
    click: Option<String>,
    markdown: bool,
    deliver_at: Option<Timestamp>,
    patience: u32,
    message_type: MessageType,
    /// The `sub` of whoever sent it.
    owner: Option<String>,
    correlation_id: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
    finished_at: Option<Timestamp>,
    /// The execution that carries it, or carried it last.
    pub(crate) execution: Execution,
    /// How often it was redriven.
    redrive: u32,
    /// A redrive has been begun, and its execution has not been heard of yet.
    redrive_pending: bool,
    receipt: Option<Receipt>,
    dead_letter: Option<DeadLetter>,
}

/// A message, and what its sender asked for as a hash.
pub(crate) struct Known {
    pub(crate) view: MessageView,
    pub(crate) request_hash: Option<String>,
}

impl Known {
    /// Whose it is.
    pub(crate) fn owner(&self) -> Option<&str> {
        self.view.owner.as_deref()
    }

    /// A message that has an item, as it stands at `now`.
    ///
    /// Nobody writes the item when the time of a scheduled message has come: it is `processing` from its `deliver_at` on
    /// wherever it is shown. The index still finds it under `scheduled` until it has ended.
    pub(crate) fn by_item(item: MessageItem, now: Timestamp) -> Self {
        let created_at = item.created_at();
        let due = item.message.deliver_at.is_none_or(|at| at <= now);
        let status = if item.status == Status::Scheduled && due {
            Status::Processing
        } else {
            item.status
        };
        let view = MessageView::new(item.message_id, status, item.message, item.execution, created_at);
        let request_hash = view.1;
        let view = MessageView {
            updated_at: item.updated_at,
            finished_at: item.finished_at,
            redrive: item.redrive,
            redrive_pending: item.redrive_pending,
            receipt: item.receipt,
            dead_letter: item.dead_letter,
            ..view.0
        };
        Self { view, request_hash }
    }

    /// A message whose execution has not written its item yet, or never will; `None` if the execution of this name
    /// carries another message or none at all.
    pub(crate) fn by_execution(name: &str, state: ExecutionState, now: Timestamp) -> Option<Self> {
        let message: Message = serde_json::from_str(&state.input).ok()?;
        let id = message_id(&message, name);
        if id != name {
            return None;
        }
        let status = status(&state.status, message.deliver_at, now);
        let execution = Execution {
            arn: state.arn,
            name: name.to_owned(),
            started_at: state.started_at,
        };
        let created_at = message.created_at.unwrap_or(state.started_at);
        let (view, request_hash) = MessageView::new(id, status, message, execution, created_at);
        let updated_at = state.stopped_at.unwrap_or(state.started_at);
        Some(Self {
            view: MessageView {
                updated_at,
                finished_at: state.stopped_at,
                ..view
            },
            request_hash,
        })
    }

    /// A message that was accepted at this moment.
    pub(crate) fn by_start(message: Message, arn: String, now: Timestamp) -> Self {
        let name = message.message_id.clone().unwrap_or_default();
        let execution = Execution {
            arn,
            name: name.clone(),
            started_at: now,
        };
        let status = status("RUNNING", message.deliver_at, now);
        let (view, request_hash) = MessageView::new(name, status, message, execution, now);
        Self { view, request_hash }
    }
}

impl MessageView {
    fn new(
        message_id: String,
        status: Status,
        message: Message,
        execution: Execution,
        created_at: Timestamp,
    ) -> (Self, Option<String>) {
        let view = Self {
            message_id,
            status,
            body: message.body,
            title: message.title,
            topic: message.topic,
            priority: message.priority,
            tags: message.tags,
            click: message.click,
            markdown: message.markdown,
            deliver_at: message.deliver_at,
            patience: message.patience,
            message_type: message.message_type,
            owner: message.owner,
            correlation_id: message.correlation_id,
            created_at,
            updated_at: created_at,
            finished_at: None,
            execution,
            redrive: message.redrive,
            redrive_pending: false,
            receipt: message.receipt,
            dead_letter: None,
        };
        (view, message.request_hash)
    }
}

/// How a message without an item stands, by its execution's status.
fn status(execution: &str, deliver_at: Option<Timestamp>, now: Timestamp) -> Status {
    match execution {
        "RUNNING" if deliver_at.is_some_and(|at| at > now) => Status::Scheduled,
        "RUNNING" => Status::Created,
        "SUCCEEDED" => Status::Completed,
        "ABORTED" => Status::Cancelled,
        _ => Status::Failed,
    }
}
