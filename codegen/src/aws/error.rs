//! What keeps the template from being written.

use std::path::PathBuf;

use crate::Invalid;

/// The template cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// A file cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not as it should be.
    #[error("{}: {detail}", path.display())]
    Wrong {
        /// Which.
        path: PathBuf,
        /// What is wrong, and where.
        detail: String,
    },
    /// A workflow names something that is not there.
    #[error("{0}")]
    Invalid(Invalid),
}

impl TemplateError {
    pub(crate) fn wrong(path: impl Into<PathBuf>, detail: impl Into<String>) -> Self {
        Self::Wrong {
            path: path.into(),
            detail: detail.into(),
        }
    }
}
