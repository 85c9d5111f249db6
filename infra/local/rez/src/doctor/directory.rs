//! The data directory: there, writable, with room.

use std::path::Path;

use rustix::fs::{Access, AtFlags};

use super::finding::Finding;

const DIRECTORY: &str = "data directory";
const SPACE: &str = "disk space";
/// What a server writes.
const FILES: [&str; 3] = ["lock", "journal.sqlite", "dynamodb.sqlite"];

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

/// The directory, and the files in it: those that another user has made may be out of this one's reach.
fn writable(directory: &Path, shown: &str, elsewhere: &str) -> Finding {
    let may = |path: &Path| {
        rustix::fs::accessat(
            rustix::fs::CWD,
            path,
            Access::READ_OK | Access::WRITE_OK,
            AtFlags::EACCESS,
        )
    };
    if let Err(error) = may(directory) {
        return Finding::problem(DIRECTORY, format!("{shown} cannot be written: {error}"), elsewhere);
    }
    let files = FILES.map(|name| directory.join(name));
    let locked = files
        .iter()
        .filter(|file| file.exists())
        .find_map(|file| Some((file, may(file).err()?)));
    match locked {
        None => Finding::ok(DIRECTORY, format!("{shown} can be written")),
        Some((file, error)) => Finding::problem(
            DIRECTORY,
            format!("{} cannot be written: {error}", file.display()),
            "run rez as the user who owns the file, or give the file to this user with chown",
        ),
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
