//! `rez release`: what a release of a clone would change.
//!
//! The answer is codegen's, built from the clone itself: another version's knowledge of workflows and activities would give
//! another answer.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::arguments::{PlanArgs, ReleaseAction, ReleaseArgs};
use crate::failure::{Exit, Failure};

/// What makes a directory a clone of this repository.
const MARKS: [&str; 2] = ["codegen/Cargo.toml", "infra/aws/samconfig.toml"];

pub(crate) fn run(ReleaseArgs { action }: &ReleaseArgs) -> Result<(), Failure> {
    let ReleaseAction::Plan(arguments) = action;
    let here = std::env::current_dir().map_err(|error| Failure::failed(format!("the current directory: {error}")))?;
    let clone = clone_around(&here).ok_or_else(|| {
        let detail = format!(
            "{} is in no clone of rez: go to one, as a release is made from it",
            here.display()
        );
        Failure::refused(detail)
    })?;
    plan(&clone, arguments)
}

fn plan(clone: &Path, arguments: &PlanArgs) -> Result<(), Failure> {
    let from = match &arguments.from {
        Some(from) => from.clone(),
        None => last_release(clone)?,
    };
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--quiet", "--locked", "--package", "codegen", "--"]);
    cargo
        .arg(format!("--plan={from}"))
        .arg(format!("--stage={}", arguments.stage));
    let status = cargo.current_dir(clone).status();
    let status = status.map_err(|error| Failure::failed(format!("cargo cannot be run: {error}; install Rust")))?;
    match status.code() {
        Some(0) => Ok(()),
        // The page has been printed, and cargo or codegen has said what is wrong.
        Some(4) => Err(Failure::new(Exit::Changes, "")),
        _ => Err(Failure::failed("")),
    }
}

/// The last tag of a release before what is checked out.
fn last_release(clone: &Path) -> Result<String, Failure> {
    let mut git = Command::new("git");
    git.args(["describe", "--tags", "--abbrev=0", "--match=v*"])
        .current_dir(clone);
    let Output { status, stdout, .. } = git
        .stderr(Stdio::null())
        .output()
        .map_err(|error| Failure::failed(format!("git cannot be run: {error}; install it")))?;
    let tag = String::from_utf8_lossy(&stdout).trim().to_owned();
    if !status.success() || tag.is_empty() {
        return Err(Failure::refused(
            "there is no tag v… of a release: name what is deployed with --from REV",
        ));
    }
    Ok(tag)
}

fn clone_around(directory: &Path) -> Option<PathBuf> {
    let mut above = directory.ancestors();
    let found = above.find(|directory| MARKS.iter().all(|mark| directory.join(mark).is_file()));
    found.map(Path::to_owned)
}
