//! The process in which a failure happens: this very binary, told by its environment what to do.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use server::Failure;

use crate::world::{self, SAID};

const DIRECTORY: &str = "FAILPOINTS_DIRECTORY";
const FAILURE: &str = "FAILPOINTS_FAILURE";
const PASSES: &str = "FAILPOINTS_PASSES";
/// What processes before it have said.
const BEFORE: &str = "FAILPOINTS_BEFORE";

/// What a process said, and how it ended.
pub(crate) struct Child {
    pub(crate) ended: Ended,
    /// Facts that it knew: see [`SAID`].
    pub(crate) said: Vec<Value>,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It did everything, and its failure did not happen.
    Unreached,
    /// It was aborted.
    Died,
    /// It did everything although a commit was refused.
    Refused,
}

impl Child {
    /// Runs the scenario on a directory, to the end or to the failure.
    pub(crate) fn run(directory: &Path, before: &[Value], failure: Failure, passes: usize) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "child::in_a_process_of_its_own", "--ignored", "--nocapture"])
            .env(DIRECTORY, directory)
            .env(BEFORE, serde_json::to_string(before).unwrap())
            .env(FAILURE, format!("{failure:?}"))
            .env(PASSES, passes.to_string());
        let output = command.stdin(Stdio::null()).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let facts = text.lines().filter_map(|line| line.split_once(SAID));
        let said = facts.map(|(_, fact)| serde_json::from_str(fact).unwrap()).collect();
        let errors = String::from_utf8_lossy(&output.stderr);
        let ended = match output.status.code() {
            // Ended by a signal: nothing else than the failure does that.
            None => Ended::Died,
            Some(0) if text.lines().any(|line| line.ends_with(REFUSED)) => Ended::Refused,
            Some(0) => Ended::Unreached,
            Some(_) => panic!("{failure:?}: {text}\n{errors}"),
        };
        Self { ended, said }
    }
}

/// Said at the end by a process whose failure has happened.
const REFUSED: &str = "the failure has happened";

/// The failure that is written so.
pub(crate) fn failure(written: &str) -> Failure {
    let found = Failure::all()
        .chain([Failure::Hasty])
        .find(|failure| format!("{failure:?}") == written);
    found.expect("a failure of the table")
}

#[test]
#[ignore = "the other tests run it, in processes of its own"]
fn in_a_process_of_its_own() {
    let given = |name: &str| std::env::var(name).ok();
    // Whoever runs all ignored tests gives nothing.
    let Some((directory, before)) = given(DIRECTORY).zip(given(BEFORE)) else {
        return;
    };
    if let Some((written, passes)) = given(FAILURE).zip(given(PASSES)) {
        server::arm(failure(&written), passes.parse().unwrap());
    }
    let before: Vec<Value> = serde_json::from_str(&before).unwrap();
    world::run(Path::new(&directory), &before, true);
    if server::has_failed().is_some() {
        println!("{REFUSED}");
    }
}
