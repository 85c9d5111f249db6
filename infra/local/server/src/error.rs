//! Why a server does not start.

use std::net::SocketAddr;

/// The server could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory cannot be opened, or another process has it.
    #[error(transparent)]
    Journal(#[from] journal::OpenError),
    /// Nobody can listen there.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why, for example that another program listens there.
        source: std::io::Error,
    },
    /// The keys of the data directory cannot be used.
    #[error(transparent)]
    Identity(#[from] crate::IdentityError),
    /// The embedded database does not start.
    #[error("the embedded DynamoDB does not start: {detail}")]
    Store {
        /// Why.
        detail: String,
    },
    /// A setting makes no sense.
    #[error("{setting}: {detail}")]
    Setting {
        /// Which one.
        setting: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// What the data directory holds could not be taken up again.
    #[error("what was running before cannot be taken up again: {detail}")]
    Recovery {
        /// Why.
        detail: String,
    },
}

impl StartError {
    /// The process that has the data directory, if that is why: its id as it wrote it, `?` if it has not yet.
    pub fn in_use_by(&self) -> Option<&str> {
        match self {
            Self::Journal(journal::OpenError::InUse { pid, .. }) => Some(pid),
            _ => None,
        }
    }

    /// Whether the data directory itself is what is wrong: it cannot be created, read or written.
    pub fn blames_the_directory(&self) -> bool {
        matches!(self, Self::Journal(journal::OpenError::Directory { .. }))
    }
}
