//! A state machine, ready to run.

use engine::Machine;
use journal::StateMachine;

/// A revision of a state machine and its compiled definition.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// What the journal keeps.
    pub(crate) record: StateMachine,
    /// What the engine runs.
    pub(crate) machine: Machine,
}
