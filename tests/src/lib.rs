//! What the judge's cases share: the place of the workspace and its binary.

pub mod fuzz;
pub mod home;
pub mod moto;
pub mod ntfy;
pub mod recorder;
pub mod signed_in;
pub mod sink;
pub mod tools;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use serde_json::Value;

/// The root of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package lies in the workspace")
}

/// The files that git has of this repository, from its root on.
pub fn tracked() -> Vec<PathBuf> {
    let listed = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root())
        .output()
        .expect("git runs");
    let listed = String::from_utf8(listed.stdout).expect("names are UTF-8");
    let paths = listed.split('\0').filter(|path| !path.is_empty());
    paths.map(PathBuf::from).collect()
}

/// The binary `rez`, built once.
///
/// It is asked for as a part of the whole workspace's tests: `cargo test --workspace` has built exactly that, so that
/// nothing is left to build. `--package rez` would choose other features of the dependencies and build them all anew.
/// `REZ_BINARY` names another one, for example of a release build.
pub fn rez() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(named) = std::env::var_os("REZ_BINARY") {
            // Relative to where the command was given, not to this package, in which cargo runs its tests.
            return root().join(named);
        }
        let mut binaries = built(&["test", "--no-run"]);
        binaries
            .remove("rez")
            .expect("the command line is a binary of the workspace")
    })
}

/// A binary of the workspace, built once.
///
/// `cargo test` builds those alone whose packages have tests of them. `--examples` has the others built with the features that
/// tests have chosen, so that no dependency is built anew.
pub fn binary(name: &str) -> &'static Path {
    static BINARIES: OnceLock<BTreeMap<String, PathBuf>> = OnceLock::new();
    let binaries = BINARIES.get_or_init(|| built(&["build", "--examples", "--bins"]));
    let binary = binaries.get(name);
    binary.unwrap_or_else(|| panic!("{name} is no binary of the workspace"))
}

/// The binaries that a command of cargo's builds of the whole workspace, by their names.
fn built(command: &[&str]) -> BTreeMap<String, PathBuf> {
    let output = Command::new(env!("CARGO"))
        .args(command)
        .args(["--workspace", "--quiet", "--message-format", "json"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let messages = String::from_utf8_lossy(&output.stdout);
    let artifacts = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let binaries =
        artifacts.filter(|artifact| artifact["target"]["kind"][0] == "bin" && artifact["profile"]["test"] == false);
    let named = binaries.filter_map(|artifact| {
        let executable = artifact["executable"].as_str()?;
        Some((artifact["target"]["name"].as_str()?.to_owned(), executable.into()))
    });
    named.collect()
}
