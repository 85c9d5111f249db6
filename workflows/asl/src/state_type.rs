//! The names of the eight kinds of state.

use std::fmt;

use crate::StateKind;

/// The value of `Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StateType {
    /// Does work.
    Task,
    /// Waits for a time.
    Wait,
    /// Passes or shapes its input.
    Pass,
    /// Ends well.
    Succeed,
    /// Ends with an error.
    Fail,
    /// Branches.
    Choice,
    /// Runs branches at the same time.
    Parallel,
    /// Runs a processor for each item.
    Map,
}

impl StateType {
    /// All of them, in the order of AWS's diagnostics.
    pub const ALL: [Self; 8] = [
        Self::Task,
        Self::Wait,
        Self::Pass,
        Self::Succeed,
        Self::Fail,
        Self::Choice,
        Self::Parallel,
        Self::Map,
    ];

    /// The name as written in `Type`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Task => "Task",
            Self::Wait => "Wait",
            Self::Pass => "Pass",
            Self::Succeed => "Succeed",
            Self::Fail => "Fail",
            Self::Choice => "Choice",
            Self::Parallel => "Parallel",
            Self::Map => "Map",
        }
    }

    /// The type of this name; names are case-sensitive.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether a state of this type has `Next` or `End`.
    pub fn has_transition(self) -> bool {
        !matches!(self, Self::Choice | Self::Succeed | Self::Fail)
    }
}

impl StateKind {
    /// The value of `Type`.
    pub fn state_type(&self) -> StateType {
        match self {
            Self::Task(_) => StateType::Task,
            Self::Pass(_) => StateType::Pass,
            Self::Choice(_) => StateType::Choice,
            Self::Wait(_) => StateType::Wait,
            Self::Succeed => StateType::Succeed,
            Self::Fail(_) => StateType::Fail,
            Self::Parallel(_) => StateType::Parallel,
            Self::Map(_) => StateType::Map,
        }
    }
}

impl fmt::Display for StateType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
