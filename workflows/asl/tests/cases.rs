//! Runs the cases of `tests/cases/*.md`.
//!
//! A case is a level-two heading that names the behaviour, a fenced `asl` block with a definition, and one or more blocks
//! with what is expected of it: `findings` (empty when nothing is found), `aws` (the text of the `InvalidDefinition`
//! error), `printed` (the canonical text). Words after `asl` set options: `express`, `strict` (no placeholders).
//!
//! `REZ_UPDATE_CASES=1` writes what is found into the files instead of comparing, for a person to review.

#![expect(
    clippy::disallowed_methods,
    reason = "the cases are files, and the environment says whether to rewrite them"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use asl::{ExecutionType, Findings, Options, Parsed, check, print};

#[test]
fn cases_hold() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let entries = std::fs::read_dir(&directory).expect("the cases lie beside this file");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable directory").path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no cases in {}", directory.display());
    let failures: Vec<_> = files.iter().filter_map(|file| differs(file)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn differs(file: &Path) -> Option<String> {
    let written = std::fs::read_to_string(file).expect("a readable case file");
    let found = with_answers(&written);
    if std::env::var_os("REZ_UPDATE_CASES").is_some() {
        std::fs::write(file, found).expect("a writable case file");
        return None;
    }
    if written == found {
        return None;
    }
    let same = written
        .lines()
        .zip(found.lines())
        .take_while(|(left, right)| left == right)
        .count();
    let line = |text: &str| text.lines().nth(same).unwrap_or("the end").to_owned();
    Some(format!(
        "{}:{}:\n  expected {}\n  found    {}",
        file.display(),
        same + 1,
        line(&written),
        line(&found)
    ))
}

/// The file with every expectation replaced by what is found.
fn with_answers(text: &str) -> String {
    let mut out = String::new();
    let mut answer = None;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        writeln!(out, "{line}").expect("a string takes everything");
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else {
            continue;
        };
        let body: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        let body = match info.split_once(' ').unwrap_or((info, "")) {
            ("asl", words) => {
                answer = Some(check(&body.join("\n"), &options(words)));
                lines_of(&body)
            }
            (kind, _) => expectation(
                kind,
                answer.as_ref().expect("a definition comes before its expectations"),
            ),
        };
        writeln!(out, "{body}```").expect("a string takes everything");
    }
    out
}

fn options(words: &str) -> Options {
    let machine_type = if words.contains("express") {
        ExecutionType::Express
    } else {
        ExecutionType::Standard
    };
    Options {
        machine_type,
        placeholders: !words.contains("strict"),
    }
}

fn expectation(kind: &str, answer: &Result<Parsed, Findings>) -> String {
    match (kind, answer) {
        ("findings", Ok(parsed)) => render(&parsed.warnings),
        ("findings", Err(findings)) => render(findings),
        ("aws", Err(findings)) => findings.aws_message() + "\n",
        ("printed", Ok(parsed)) => print(&parsed.machine),
        (kind, _) => panic!("no `{kind}` for this definition"),
    }
}

fn render(findings: &Findings) -> String {
    lines_of(findings)
}

fn lines_of<T: std::fmt::Display>(lines: &[T]) -> String {
    lines
        .iter()
        .fold(String::new(), |text, line| text + &line.to_string() + "\n")
}
