//! What is wrong with a workflow that rustc could not see.

use std::fmt;

use crate::Place;

/// A mistake in a workflow. A workflow with findings has no definition that may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong and what would be right, in one line.
    pub message: String,
    /// The state it concerns, if one.
    pub state: Option<String>,
    /// The place in the workflow's source.
    pub place: Place,
}

impl Finding {
    pub(crate) fn new(place: Place, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            state: None,
            place,
        }
    }

    pub(crate) fn at_state(place: Place, state: &str, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            state: Some(state.to_owned()),
            place,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if let Some(state) = &self.state {
            write!(f, "state `{state}`: ")?;
        }
        f.write_str(&self.message)
    }
}
