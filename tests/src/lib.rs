//! What the judge's cases share: the place of the workspace and its binary.

pub mod fuzz;
pub mod home;
pub mod ntfy;
pub mod signed_in;
pub mod sink;
pub mod tools;

use std::{
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
        let output = Command::new(env!("CARGO"))
            .args(["test", "--workspace", "--no-run", "--quiet", "--message-format", "json"])
            .current_dir(root())
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let messages = String::from_utf8_lossy(&output.stdout);
        let artifacts = messages
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut binaries = artifacts.filter(|artifact| {
            artifact["target"]["name"] == "rez"
                && artifact["target"]["kind"][0] == "bin"
                && artifact["profile"]["test"] == false
        });
        let executable = binaries.find_map(|artifact| artifact["executable"].as_str().map(PathBuf::from));
        executable.expect("the command line is a binary of the workspace")
    })
}
