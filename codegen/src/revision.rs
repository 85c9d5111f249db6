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

/// Which files below these paths differ between a revision and what stands there, by their paths in the repository. What git
/// does not know is left out.
pub fn changed_since(repository: &Path, revision: &str, paths: &[&str]) -> Result<Vec<String>, RevisionError> {
    let mut arguments = vec!["diff", "--name-only", "-z", "--end-of-options", revision, "--"];
    arguments.extend(paths);
    let listed = git(repository, &arguments)?;
    let paths = listed.split('\0').filter(|path| !path.is_empty());
    Ok(paths.map(str::to_owned).collect())
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
