//! Files as they were in a revision of git.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::Files;

/// Why a revision cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("`git {command}` in {}: {detail}", directory.display())]
pub struct RevisionError {
    /// What was asked of git.
    pub command: String,
    /// Where.
    pub directory: PathBuf,
    /// What git said.
    pub detail: String,
}

/// The files of a revision below a directory, by their path below it. A revision without any gives none.
pub fn files_of(repository: &Path, revision: &str, directory: &str) -> Result<Files, RevisionError> {
    // What begins with a dash would be an option of git.
    let tree = format!("{revision}^{{tree}}");
    git(
        repository,
        &["rev-parse", "--verify", "--quiet", "--end-of-options", &tree],
    )
    .map_err(|error| RevisionError {
        detail: format!("there is no revision `{revision}` {}", error.detail)
            .trim_end()
            .to_owned(),
        ..error
    })?;
    let listed = git(
        repository,
        &[
            "ls-tree",
            "-r",
            "--name-only",
            "-z",
            &tree,
            "--",
            &format!("{directory}/"),
        ],
    )?;
    let paths = listed.split('\0').filter(|path| !path.is_empty());
    let files = paths.map(|path| {
        let text = git(repository, &["cat-file", "blob", &format!("{revision}:{path}")])?;
        let below = path.strip_prefix(directory).unwrap_or(path).trim_start_matches('/');
        Ok((PathBuf::from(below), text))
    });
    files.collect()
}

fn git(directory: &Path, arguments: &[&str]) -> Result<String, RevisionError> {
    let failed = |detail: String| RevisionError {
        command: arguments.join(" "),
        directory: directory.to_owned(),
        detail,
    };
    let output = Command::new("git")
        .args(arguments)
        .current_dir(directory)
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    String::from_utf8(output.stdout).map_err(|error| failed(error.to_string()))
}
