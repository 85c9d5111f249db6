//! How an execution, a state, an attempt or an iteration stands.

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It ended well.
    Succeeded,
    /// It failed, and a catcher answered.
    Caught,
    /// It was ended from outside.
    Aborted,
    /// It took too long.
    TimedOut,
    /// It failed.
    Failed,
    /// It failed and will be tried again.
    Retrying,
    /// It has not ended.
    Running,
}

impl Outcome {
    /// What a person reads.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Succeeded => "Succeeded",
            Self::Caught => "Caught error",
            Self::Aborted => "Aborted",
            Self::TimedOut => "Timed out",
            Self::Failed => "Failed",
            Self::Retrying => "Retrying",
            Self::Running => "Running",
        }
    }

    /// The class that pages colour it by.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Caught => "caught-error",
            Self::Aborted => "aborted",
            Self::TimedOut => "timed-out",
            Self::Failed => "failed",
            Self::Retrying => "retrying",
            Self::Running => "running",
        }
    }

    /// A sign beside the colour, so that colour alone tells nothing.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Succeeded => "✓",
            Self::Caught => "!",
            Self::Aborted => "■",
            Self::TimedOut => "⏱",
            Self::Failed => "✕",
            Self::Retrying => "↻",
            Self::Running => "●",
        }
    }

    /// Whether it may still change.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Running | Self::Retrying)
    }
}
