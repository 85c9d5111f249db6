//! The disk is made to agree with the expected set.

use std::{fs, io, path::Path};

use crate::{Files, Finding, compare};

/// Writes what is missing or stale and removes what is orphaned; returns what was done. A file is replaced by a rename,
/// so a reader sees the old one or the new one.
pub fn write(files: &Files, directory: &Path) -> io::Result<Vec<Finding>> {
    let findings = compare(files, directory)?;
    for finding in &findings {
        match finding {
            Finding::Missing(path) | Finding::Stale(path, _) => replace(&directory.join(path), &files[path])?,
            Finding::Orphaned(path) => remove(&directory.join(path), directory)?,
        }
    }
    Ok(findings)
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let temporary = path.with_extension("new");
    fs::write(&temporary, text)?;
    fs::rename(&temporary, path)
}

/// Removes a file, and the directories above it that it leaves empty.
fn remove(path: &Path, root: &Path) -> io::Result<()> {
    fs::remove_file(path)?;
    let above = path.ancestors().skip(1).take_while(|directory| *directory != root);
    for directory in above {
        if fs::read_dir(directory)?.next().is_some() {
            break;
        }
        fs::remove_dir(directory)?;
    }
    Ok(())
}
