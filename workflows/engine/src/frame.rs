//! The tree of what runs: the execution itself, the branches of its parallel states and the iterations of its map states.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::data::Data;
use crate::machine::StateId;
use crate::{TaskId, TimerId};

/// Names a frame within its execution. A parent's number is below its children's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct FrameId(pub(crate) u64);

/// The frame of the execution itself.
pub(crate) const ROOT: FrameId = FrameId(0);

/// One line of control: it is in one state at a time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Frame {
    pub(crate) parent: Option<FrameId>,
    /// Which branch or iteration of its parent this is.
    pub(crate) index: u32,
    pub(crate) state: StateId,
    /// The event that entered the state; 0 before that.
    pub(crate) entered: u64,
    pub(crate) entered_at: Timestamp,
    /// `previousEventId` of the next event.
    pub(crate) previous: u64,
    /// The state's input; `None` while it is what the parent gave, which stands there already.
    pub(crate) input: Option<Data>,
    /// The variables assigned in this frame.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub(crate) variables: IndexMap<String, Data>,
    /// How often each retrier of the state was used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) retries: Vec<u64>,
    pub(crate) doing: Doing,
}

/// What a frame waits for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Doing {
    /// Nothing: it runs on within this step.
    Running,
    /// The time of a `Wait`.
    Waiting(TimerId),
    /// The time before a retry.
    Retrying(TimerId),
    /// The result of a task.
    Calling(Call),
    /// The branches of a `Parallel`.
    Branching(Branches),
    /// The iterations of a `Map`.
    Iterating(Iterations),
}

/// One attempt of a task.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Call {
    pub(crate) task: TaskId,
    pub(crate) token: Option<String>,
    pub(crate) timeout: Option<TimerId>,
    #[serde(default)]
    pub(crate) timeout_seconds: Option<u64>,
    pub(crate) heartbeat: Option<TimerId>,
    pub(crate) heartbeat_seconds: Option<u64>,
    /// Whether the service (or, for an activity, a worker) has taken the call, where the result comes later.
    pub(crate) accepted: bool,
}

/// The branches of a `Parallel`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Branches {
    /// What every branch gets, if it is not the state's own input.
    pub(crate) arguments: Option<Data>,
    pub(crate) running: BTreeMap<u32, FrameId>,
    pub(crate) results: Vec<Option<Data>>,
}

/// The iterations of a `Map`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Iterations {
    /// The array that is mapped over.
    pub(crate) items: Data,
    pub(crate) running: BTreeMap<u32, FrameId>,
    /// How many run at once at most.
    pub(crate) concurrency: u32,
    /// The first item that has not begun.
    pub(crate) next: u32,
    pub(crate) results: Vec<Option<Data>>,
}

impl Frame {
    /// A frame about to enter its first state.
    pub(crate) fn new(parent: Option<FrameId>, index: u32, state: StateId, previous: u64, now: Timestamp) -> Self {
        Self {
            parent,
            index,
            state,
            entered: 0,
            entered_at: now,
            previous,
            input: None,
            variables: IndexMap::new(),
            retries: Vec::new(),
            doing: Doing::Running,
        }
    }

    /// How often the state was tried again.
    pub(crate) fn retry_count(&self) -> u64 {
        self.retries.iter().sum()
    }

    /// The frames that the state has started and that still run, by index.
    pub(crate) fn children(&self) -> Vec<FrameId> {
        match &self.doing {
            Doing::Branching(branches) => branches.running.values().copied().collect(),
            Doing::Iterating(iterations) => iterations.running.values().copied().collect(),
            _ => Vec::new(),
        }
    }
}
