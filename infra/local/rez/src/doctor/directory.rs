//! The data directory: there, writable, with room.

use std::path::Path;

use super::finding::Finding;

const DIRECTORY: &str = "data directory";
const SPACE: &str = "disk space";

/// `free` is how many mebibytes there should be.
pub(super) fn check(directory: &Path, free: u64) -> Vec<Finding> {
    let shown = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
    let shown = shown.display();
    let elsewhere = "set REZ_DATA_DIR to a directory that you may write to";
    let there = match std::fs::metadata(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let seen = format!("{shown} does not exist yet: the first command that needs it creates it");
            return vec![Finding::ok(DIRECTORY, seen)];
        }
        Err(error) => return vec![Finding::problem(DIRECTORY, format!("{shown}: {error}"), elsewhere)],
        Ok(metadata) => metadata,
    };
    if !there.is_dir() {
        return vec![Finding::problem(DIRECTORY, format!("{shown} is a file"), elsewhere)];
    }
    vec![
        writable(directory, &shown.to_string(), elsewhere),
        space(directory, free),
    ]
}

/// Only writing tells whether one may write: owners, modes and mounts all have a say.
fn writable(directory: &Path, shown: &str, elsewhere: &str) -> Finding {
    let probe = directory.join(format!("doctor-{}", std::process::id()));
    let written = std::fs::write(&probe, "").and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => Finding::ok(DIRECTORY, format!("{shown} can be written")),
        Err(error) => Finding::problem(DIRECTORY, format!("{shown} cannot be written: {error}"), elsewhere),
    }
}

fn space(directory: &Path, free: u64) -> Finding {
    let available = match rustix::fs::statvfs(directory) {
        Ok(found) => found.f_bavail.saturating_mul(found.f_frsize) / (1024 * 1024),
        Err(error) => return Finding::warning(SPACE, format!("cannot be told: {error}"), "look at it with df"),
    };
    let seen = format!("{available} MiB are free");
    if available >= free {
        return Finding::ok(SPACE, seen);
    }
    let remedy = format!("free some space: below {free} MiB nothing can be promised (--free sets another bound)");
    if available < free / 10 {
        Finding::problem(SPACE, seen, remedy)
    } else {
        Finding::warning(SPACE, seen, remedy)
    }
}
