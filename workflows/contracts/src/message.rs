//! A message as it goes into the workflow.

use expr::{Cases, Shape};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Receipt;

/// The input of `process-message`: a message as its sender gave it, and who and what that sender is.
///
/// Only `body` is required, so that a schedule or a foreign program can start the workflow with `{"body": "hello"}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape)]
#[schemars(extend("x-maxBytes" = limits::REQUEST_BYTES))]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// The text. 1 byte to 60 KiB of UTF-8, not only white space.
    #[schemars(length(min = 1, max = 61_440), extend("x-maxBytes" = limits::REQUEST_BYTES))]
    pub body: String,
    /// The message's id; see [`message_id`](crate::message_id) for what stands in when it is absent.
    #[schemars(length(max = 256))]
    #[serde(default)]
    pub message_id: Option<String>,
    /// The heading of the notification. At most 250 characters.
    #[serde(default)]
    #[schemars(length(max = 250))]
    pub title: Option<String>,
    /// The ntfy topic; the configured one when absent.
    #[serde(default)]
    #[schemars(length(max = 64), regex(pattern = "^[-_A-Za-z0-9]{1,64}$"))]
    pub topic: Option<String>,
    /// How urgent it is; ntfy's default when absent.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// ntfy tags; those that are emoji short codes are shown as emoji. At most 10, none with a comma.
    #[serde(default)]
    #[schemars(length(max = 10))]
    pub tags: Vec<String>,
    /// The URL that opens when the notification is clicked.
    #[serde(default)]
    #[schemars(length(max = 2_048))]
    pub click: Option<String>,
    /// Whether `body` is Markdown.
    #[serde(default)]
    pub markdown: bool,
    /// When it is to be delivered; at once when absent. At most 360 days ahead.
    #[serde(default)]
    pub deliver_at: Option<Timestamp>,
    /// Seconds for which an outage of ntfy is waited out before the message is dead-lettered. 0 to 604,800 (a week).
    #[serde(default = "default_patience")]
    #[schemars(range(max = 604_800))]
    pub patience: u32,
    /// Who put it in.
    #[serde(default)]
    pub message_type: MessageType,
    /// The `sub` of its creator.
    #[schemars(length(max = 256))]
    #[serde(default)]
    pub owner: Option<String>,
    /// Ties log lines of one request together.
    #[schemars(length(max = 256))]
    #[serde(default)]
    pub correlation_id: Option<String>,
    /// When it was accepted; the start of the execution when absent.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// The sender's key under which a repeated request is recognised, hashed with what it asked for.
    #[schemars(length(max = 256))]
    #[serde(default)]
    pub request_hash: Option<String>,
    /// The ARN of the schedule that sent it.
    #[schemars(length(max = 256))]
    #[serde(default)]
    pub schedule_arn: Option<String>,
    /// The time for which the schedule fired.
    #[schemars(length(max = 256))]
    #[serde(default)]
    pub scheduled_time: Option<String>,
    /// Which redrive of the message this is: 0 for the first execution.
    #[serde(default)]
    pub redrive: u32,
    /// The receipt of a message that was delivered but could not be recorded: it is recorded, never sent again.
    #[serde(default)]
    pub receipt: Option<Receipt>,
}

fn default_patience() -> u32 {
    limits::DEFAULT_PATIENCE
}

/// Who put a message in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Shape, Cases)]
#[serde(rename_all = "snake_case")]
pub enum MessageType {
    /// A person.
    #[default]
    Manual,
    /// A schedule.
    Scheduled,
    /// A program.
    Api,
}

impl MessageType {
    /// The name on the wire and in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Scheduled => "scheduled",
            Self::Api => "api",
        }
    }
}

/// How urgent a message is. Source: <https://docs.ntfy.sh/publish/#message-priority>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Shape, Cases)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// 1: no sound, folded away.
    Min,
    /// 2: no sound.
    Low,
    /// 3.
    Default,
    /// 4: long vibration, pop-over.
    High,
    /// 5: very long vibration, pop-over.
    Urgent,
}

impl Priority {
    /// ntfy's number, 1 to 5.
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }
}

/// The bounds that every entrance enforces.
pub mod limits {
    /// The longest `body` in bytes of UTF-8.
    pub const BODY_BYTES: usize = 60 * 1024;
    /// The longest request in bytes of JSON.
    pub const REQUEST_BYTES: usize = 64 * 1024;
    /// The longest title in characters.
    pub const TITLE_CHARS: usize = 250;
    /// The most tags.
    pub const TAGS: usize = 10;
    /// The longest tag in characters.
    pub const TAG_CHARS: usize = 64;
    /// The longest owner, correlation id, request hash, schedule ARN or scheduled time in bytes.
    pub const LABEL_BYTES: usize = 256;
    /// How many seconds `deliver_at` may lie in the past at an entrance: clocks differ, and requests take time.
    pub const PAST_SECONDS: i64 = 60;
    /// The longest `click` in bytes.
    pub const CLICK_BYTES: usize = 2_048;
    /// How far ahead `deliver_at` may lie: a Standard execution lives a year.
    pub const DELIVER_AT_DAYS: i64 = 360;
    /// The default patience in seconds.
    pub const DEFAULT_PATIENCE: u32 = 3_600;
    /// The most dead letters that one execution of `redrive-dead-letters` sends again.
    pub const REDRIVES: u32 = 100;
    /// The longest patience in seconds.
    pub const PATIENCE: u32 = 604_800;
}
