//! Whoever forgets an error in `process_message.rs` is told by rustc: the handling of each declared error is taken out of the
//! real source, one at a time, and what remains must not compile, for that reason and no other.

#![allow(
    clippy::disallowed_methods,
    reason = "a test may read the source it is about and ask which cargo runs it"
)]

use std::{env, fs, path::Path, process::Command};

/// Each declared error as the source names it, and the activity that declares it.
const DECLARED: [&str; 7] = [
    "PersistMessageError::Invalid",
    "DeliverMessageError::Rejected",
    "DeliverMessageError::Misconfigured",
    "DeliverMessageError::RateLimited",
    "DeliverMessageError::Unavailable",
    "DeliverMessageError::Ambiguous",
    "DeliverMessageError::CircuitOpen",
];

#[test]
fn an_error_that_is_forgotten_is_named_with_its_activity() {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("forgotten");
    lay_out(&package);
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/process_message.rs")).unwrap();
    let target = package.join("src/process_message.rs");

    fs::write(&target, &source).unwrap();
    let said = check(&package);
    assert!(!said.contains("error"), "the source does not compile as it is:\n{said}");

    for declared in DECLARED {
        fs::write(&target, without(&source, declared)).unwrap();
        let said = check(&package);
        let wanted = format!("non-exhaustive patterns: `{declared} {{ .. }}` not covered");
        // Where nothing is left to match on, rustc names the type alone.
        let alone = declared
            .split_once("::")
            .map(|(error, _)| format!("non-exhaustive patterns: type `{error}"));
        assert!(
            said.contains(&wanted) || said.contains(&alone.unwrap()),
            "without {declared}:\n{said}"
        );
        assert_eq!(
            said.lines().filter(|line| line.starts_with("error[")).count(),
            1,
            "without {declared}:\n{said}"
        );
    }
}

/// A package with the catalog's sources, outside of the workspace, with the workspace's versions of everything.
fn lay_out(package: &Path) {
    let catalog = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(package.join("src")).unwrap();
    for file in fs::read_dir(catalog.join("src")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), package.join("src").join(file.file_name())).unwrap();
    }
    let workflows = catalog.parent().unwrap();
    let dependencies = ["asl", "contracts", "expr", "flow"]
        .map(|name| format!("{name} = {{ path = '{}' }}\n", workflows.join(name).display()))
        .concat();
    let manifest = format!(
        "[package]\nname = \"catalog\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependencies}\
         jiff = {{ version = \"0.2\", default-features = false }}\n"
    );
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    fs::copy(
        workflows.parent().unwrap().join("Cargo.lock"),
        package.join("Cargo.lock"),
    )
    .unwrap();
}

/// What `cargo check` says.
fn check(package: &Path) -> String {
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["check", "--quiet", "--offline", "--color", "never"])
        .current_dir(package)
        .env("CARGO_TARGET_DIR", package.join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    String::from_utf8(output.stderr).unwrap()
}

/// The source without an error's handling: one pattern of several, or the whole arm.
fn without(source: &str, declared: &str) -> String {
    let at = source
        .find(declared)
        .unwrap_or_else(|| panic!("{declared} is not decided at all"));
    let end = at + source[at..].find('}').unwrap() + 1;
    if source[end..].starts_with(" | ") {
        return [&source[..at], &source[end + 3..]].concat();
    }
    if source[..at].ends_with(" | ") {
        return [&source[..at - 3], &source[end..]].concat();
    }
    let start = source[..at].rfind('\n').unwrap() + 1;
    let indent = &source[start..at];
    let close = format!("\n{indent}}}");
    let mut end = start;
    // A brace of the same indent closes the arm's block, or a pattern of several lines, behind which a block may open.
    loop {
        end += source[end..].find(&close).unwrap() + close.len();
        let line = end + source[end..].find('\n').unwrap();
        if !source[end..line].ends_with('{') {
            return [&source[..start], &source[line + 1..]].concat();
        }
    }
}
