//! Messages as the JSON API shows them.

use jiff::Timestamp;
use serde::Deserialize;

use crate::html::Markup;
use crate::state_machines::ExecutionId;

/// A message. What pages do not show is not read.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Message {
    #[serde(rename = "message_id")]
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) body: String,
    pub(crate) title: Option<String>,
    pub(crate) topic: Option<String>,
    pub(crate) priority: Option<String>,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    pub(crate) click: Option<String>,
    #[serde(default)]
    pub(crate) markdown: bool,
    pub(crate) deliver_at: Option<Timestamp>,
    pub(crate) patience: u32,
    pub(crate) correlation_id: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) finished_at: Option<Timestamp>,
    pub(crate) execution: Carrier,
    #[serde(default)]
    pub(crate) redrive: u32,
    #[serde(default)]
    pub(crate) redrive_pending: bool,
    pub(crate) receipt: Option<Receipt>,
    pub(crate) dead_letter: Option<DeadLetter>,
}

/// The execution that carries a message.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Carrier {
    pub(crate) arn: String,
}

/// ntfy's answer.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Receipt {
    pub(crate) ntfy_id: String,
    pub(crate) topic: String,
    pub(crate) delivered_at: Timestamp,
    #[serde(default)]
    pub(crate) truncated: bool,
    #[serde(default)]
    pub(crate) found: bool,
}

/// Why a message was given up.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct DeadLetter {
    pub(crate) reason: String,
    pub(crate) at: Timestamp,
    #[serde(default)]
    pub(crate) delivered: bool,
}

impl Message {
    pub(crate) fn execution(&self) -> Option<ExecutionId> {
        ExecutionId::read(&self.execution.arn)
    }

    /// What stands for the message in a list: its title, else the beginning of its text.
    pub(crate) fn heading(&self) -> String {
        let text = self
            .title
            .as_deref()
            .filter(|title| !title.trim().is_empty())
            .unwrap_or(&self.body);
        let line = text.trim().lines().next().unwrap_or_default();
        let mut short: String = line.chars().take(90).collect();
        if short.len() < line.len() {
            short.push('…');
        }
        short
    }

    pub(crate) fn is_final(&self) -> bool {
        ["completed", "failed", "cancelled"].contains(&self.status.as_str())
    }
}

/// The statuses of messages, in the order of their life, with the sign of each.
pub(crate) const STATUSES: [(&str, &str); 6] = [
    ("created", "○"),
    ("scheduled", "◔"),
    ("processing", "●"),
    ("completed", "✓"),
    ("failed", "✕"),
    ("cancelled", "■"),
];

/// How a message stands, as sign and word.
pub(crate) fn status_badge(status: &str) -> Markup {
    let known = STATUSES.iter().find(|(known, _)| *known == status);
    let (status, sign) = known.copied().unwrap_or(("unknown", "?"));
    Markup::made(format!(
        "<span class=\"badge {status}\"><span aria-hidden=\"true\">{sign}</span> {status}</span>"
    ))
}
