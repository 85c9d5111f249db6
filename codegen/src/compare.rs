//! The expected set against the disk.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use crate::Files;

/// A file that is not as it should be. Paths are relative to the directory of generated files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It should exist.
    Missing(PathBuf),
    /// Its content differs; the first differing line as `(number, on disk, expected)`.
    Stale(PathBuf, Option<(usize, String, String)>),
    /// Nothing generates it any more.
    Orphaned(PathBuf),
}

impl Finding {
    /// What was done about it, in one line, where the disk was made to agree.
    pub fn done(&self) -> String {
        let (verb, path) = match self {
            Self::Missing(path) => ("new", path),
            Self::Stale(path, _) => ("changed", path),
            Self::Orphaned(path) => ("removed", path),
        };
        format!("{verb}: {}", path.display())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "missing: {}", path.display()),
            Self::Orphaned(path) => write!(f, "orphaned: {}", path.display()),
            Self::Stale(path, None) => write!(f, "stale: {}", path.display()),
            Self::Stale(path, Some((line, old, new))) => {
                write!(f, "stale: {}:{line}\n  - {old}\n  + {new}", path.display())
            }
        }
    }
}

/// Everything that differs between `files` and what lies in `directory`, sorted by path.
pub fn compare(files: &Files, directory: &Path) -> io::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (path, text) in files {
        match fs::read_to_string(directory.join(path)) {
            Ok(found) if found == *text => {}
            Ok(found) => findings.push(Finding::Stale(path.clone(), first_difference(&found, text))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => findings.push(Finding::Missing(path.clone())),
            // Not UTF-8: nothing of ours, so it is replaced like any other stale file.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                findings.push(Finding::Stale(path.clone(), None));
            }
            Err(error) => return Err(error),
        }
    }
    for path in on_disk(directory)? {
        if !files.contains_key(&path) {
            findings.push(Finding::Orphaned(path));
        }
    }
    Ok(findings)
}

fn first_difference(found: &str, expected: &str) -> Option<(usize, String, String)> {
    let (mut old, mut new) = (found.lines(), expected.lines());
    (1..).find_map(|line| match (old.next(), new.next()) {
        (None, None) => Some(None),
        (a, b) if a == b => None,
        (a, b) => Some(Some((line, a.unwrap_or("").to_owned(), b.unwrap_or("").to_owned()))),
    })?
}

/// Every file below `directory`, relative to it and sorted. No directory, no files.
fn on_disk(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    let mut pending = vec![directory.to_path_buf()];
    while let Some(next) = pending.pop() {
        let entries = match fs::read_dir(&next) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                pending.push(path);
            } else if let Ok(relative) = path.strip_prefix(directory) {
                paths.push(relative.to_path_buf());
            }
        }
    }
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(entries: &[(&str, &str)]) -> Files {
        entries
            .iter()
            .map(|(path, text)| (PathBuf::from(path), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn missing_stale_and_orphaned_are_findings() {
        let directory = tempfile::tempdir().unwrap();
        crate::write(
            &files(&[("a/fresh", "1\n"), ("a/stale", "1\n2\n"), ("b/orphan", "")]),
            directory.path(),
        )
        .unwrap();
        let wanted = files(&[("a/fresh", "1\n"), ("a/stale", "1\n3\n"), ("c/missing", "")]);
        assert_eq!(
            compare(&wanted, directory.path()).unwrap(),
            [
                Finding::Stale("a/stale".into(), Some((2, "2".into(), "3".into()))),
                Finding::Missing("c/missing".into()),
                Finding::Orphaned("b/orphan".into()),
            ]
        );
    }

    #[test]
    fn what_was_written_is_fresh_and_leaves_no_orphan() {
        let directory = tempfile::tempdir().unwrap();
        crate::write(&files(&[("old/definition.json", "{}")]), directory.path()).unwrap();
        let renamed = files(&[("new/definition.json", "{}")]);
        crate::write(&renamed, directory.path()).unwrap();
        assert_eq!(compare(&renamed, directory.path()).unwrap(), []);
        assert!(
            !directory.path().join("old").exists(),
            "an empty directory is left behind"
        );
    }

    #[test]
    fn a_missing_last_newline_is_a_difference() {
        assert_eq!(
            first_difference("a", "a\n"),
            None,
            "lines are equal, so no line is named"
        );
        let directory = tempfile::tempdir().unwrap();
        crate::write(&files(&[("x", "a")]), directory.path()).unwrap();
        assert_eq!(
            compare(&files(&[("x", "a\n")]), directory.path()).unwrap(),
            [Finding::Stale("x".into(), None)]
        );
    }
}
