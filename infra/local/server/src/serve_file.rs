//! `serve.json`: how other processes find a running server.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Addresses;

/// What a running server writes about itself into its data directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServeFile {
    /// Its process.
    pub pid: u32,
    /// Where it listens.
    pub addresses: Addresses,
}

impl ServeFile {
    /// What the server of a data directory wrote; `None` if there is none. It may have ended without removing the file:
    /// the lock of the directory tells.
    pub fn read(data_dir: &Path) -> Option<Self> {
        serde_json::from_str(&std::fs::read_to_string(path(data_dir)).ok()?).ok()
    }

    /// Written whole or not at all.
    pub(crate) fn write(&self, data_dir: &Path) -> std::io::Result<()> {
        let (file, unfinished) = (path(data_dir), data_dir.join("serve.json.new"));
        std::fs::write(&unfinished, serde_json::to_string_pretty(self)?)?;
        std::fs::rename(unfinished, file)
    }

    pub(crate) fn remove(data_dir: &Path) {
        // Nothing depends on it: a reader finds nobody listening.
        let _ = std::fs::remove_file(path(data_dir));
    }
}

fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("serve.json")
}
