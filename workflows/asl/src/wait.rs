//! The `Wait` state.

use crate::{Number, Text};

/// Waits for a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// How long.
    pub until: WaitFor,
}

/// How long a `Wait` lasts.
#[derive(Clone, Debug, PartialEq)]
pub enum WaitFor {
    /// `Seconds` or `SecondsPath`: 0 to 99,999,999.
    Seconds(Number),
    /// `Timestamp` or `TimestampPath`: RFC 3339.
    Timestamp(Text),
}
