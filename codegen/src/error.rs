//! What makes a workflow unfit to be written.

/// A workflow that must be mended before anything is written.
#[derive(Debug, thiserror::Error)]
#[error("{workflow}: {place}: {detail}")]
pub struct Invalid {
    /// The workflow's name.
    pub workflow: String,
    /// The state, or the artefact.
    pub place: String,
    /// What is wrong and what would be right.
    pub detail: String,
}

impl Invalid {
    /// A finding about `place` of `workflow`.
    pub fn new(workflow: &str, place: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            workflow: workflow.to_owned(),
            place: place.into(),
            detail: detail.into(),
        }
    }
}
