//! What random workflows are given, call, read and give.

use expr::{Activity, ActivityError, Item, Shape, TaskToken};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, JsonSchema, Shape)]
pub(crate) struct Order {
    pub(crate) cents: u32,
    #[serde(default = "one", rename = "größe")]
    pub(crate) copies: u32,
    #[serde(default = "limit")]
    pub(crate) limit: Option<u32>,
    #[serde(default, rename = "Läufe 🚀")]
    pub(crate) lines: Vec<u32>,
    pub(crate) extra: Option<Vec<u32>>,
    pub(crate) at: Option<Timestamp>,
    pub(crate) due: Option<Timestamp>,
    #[serde(default = "settings")]
    pub(crate) settings: Settings,
}

#[derive(Serialize, Deserialize, JsonSchema, Shape)]
pub(crate) struct Settings {
    pub(crate) rounds: u32,
    #[serde(default = "pause")]
    pub(crate) pause: Pause,
}

#[derive(Serialize, Deserialize, JsonSchema, Shape)]
pub(crate) struct Pause {
    pub(crate) seconds: u32,
    pub(crate) limit: Option<u32>,
}

pub(crate) fn settings() -> Settings {
    Settings {
        rounds: 4,
        pause: pause(),
    }
}

pub(crate) fn pause() -> Pause {
    Pause {
        seconds: 3,
        limit: Some(2),
    }
}

#[allow(clippy::unnecessary_wraps, reason = "a default has the type of its field")]
pub(crate) fn limit() -> Option<u32> {
    Some(6)
}

/// The output: the last number, the last list, and what may not be there.
#[derive(Serialize, Deserialize, JsonSchema, Shape)]
pub(crate) struct Outcome {
    pub(crate) number: u32,
    pub(crate) list: Vec<u32>,
    pub(crate) limit: Option<u32>,
    pub(crate) pair: (Option<Vec<u32>>, u32),
}

fn one() -> u32 {
    1
}

pub(crate) struct Compute;

impl Activity for Compute {
    const NAME: &'static str = "Compute";
    type Input = CountedQuestion;
    type Output = Answer;
    type Error = ComputeFault;
}

#[derive(Serialize, Deserialize, Shape)]
pub(crate) struct Question {
    pub(crate) step: u32,
    pub(crate) number: u32,
}

/// A question, and how often it was asked before.
#[derive(Serialize, Deserialize, Shape)]
pub(crate) struct CountedQuestion {
    pub(crate) step: u32,
    pub(crate) number: u32,
    pub(crate) attempt: u32,
}

/// The same by a worker, who answers with the number alone.
pub(crate) struct Work;

impl Activity for Work {
    const NAME: &'static str = "Work";
    type Input = CountedQuestion;
    type Output = u32;
    type Error = ComputeFault;
}

/// A question to somebody who answers by its token.
#[derive(Serialize, Deserialize, Shape)]
pub(crate) struct TokenQuestion {
    pub(crate) token: TaskToken,
    pub(crate) step: u32,
    pub(crate) number: u32,
}

/// A stored item, and its key.
#[derive(Serialize, Deserialize, Shape, Item)]
pub(crate) struct Stored {
    pub(crate) number: u32,
    #[serde(default, rename = "Zahlen")]
    pub(crate) list: Vec<u32>,
    pub(crate) limit: Option<u32>,
}

#[derive(Serialize, Deserialize, Shape, Item)]
pub(crate) struct StoredKey {
    pub(crate) step: u32,
    pub(crate) asked: u32,
}

#[derive(Serialize, Deserialize, Shape)]
pub(crate) struct Answer {
    pub(crate) number: u32,
}

#[derive(Debug, Serialize, Deserialize, thiserror::Error, ActivityError)]
#[activity(Compute)]
pub(crate) enum ComputeFault {
    #[error("declined")]
    #[error_name("Compute.Declined")]
    Declined,
    #[error("locked")]
    #[error_name("Compute.Locked")]
    Locked { number: u32 },
    #[error("busy")]
    #[error_name("Compute.Busy")]
    Busy,
}
