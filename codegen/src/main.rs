//! `cargo codegen`: writes the generated files, or says how they differ.

use std::{path::Path, process::ExitCode};

use clap::Parser;
use codegen::{Contracts, Files, Finding, GENERATED, INFRASTRUCTURE};

/// Everything generated is as it should be.
const FRESH: u8 = 0;
/// The tool could not do its work.
const FAILED: u8 = 1;
/// Generated files are missing, stale or orphaned.
const STALE: u8 = 4;
/// A workflow cannot be written as it is.
const INVALID: u8 = 100;

/// Writes definitions, schemas, policies, diagrams and reports of all workflows.
///
/// Exit status: 0 fresh or written, 4 stale (with --check or --dry-run), 100 a workflow is invalid, 1 failed.
#[derive(Parser)]
#[command(
    name = "codegen",
    version,
    after_help = "Examples:\n  cargo codegen --check\n  cargo codegen --diff origin/main"
)]
struct Arguments {
    /// Write nothing; fail if anything would change.
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Write nothing; list what would change.
    #[arg(long)]
    dry_run: bool,
    /// Write nothing; say in Markdown what changes since this revision of git, for who reviews it.
    #[arg(long, value_name = "REV", conflicts_with_all = ["check", "dry_run"])]
    diff: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let workflows = catalog::all();
    let files = match codegen::expected(&workflows) {
        Ok(files) => files,
        Err(invalid) => {
            for finding in &invalid {
                eprintln!("invalid: {finding}");
            }
            return ExitCode::from(INVALID);
        }
    };
    if let Some(revision) = &arguments.diff {
        return since(revision, &files, &Contracts::ours(&workflows));
    }
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let reads_only = arguments.check || arguments.dry_run;
    // First what every host runs: it is right whatever AWS lacks yet.
    let ends = [
        agree(&workspace, GENERATED, &files, reads_only),
        match codegen::template(&workspace, &workflows, &files) {
            Ok(template) => agree(&workspace, INFRASTRUCTURE, &template, reads_only),
            Err(error) => {
                eprintln!("invalid: {error}");
                INVALID
            }
        },
    ];
    let worst = [FAILED, INVALID, STALE].into_iter().find(|end| ends.contains(end));
    ExitCode::from(worst.unwrap_or(FRESH))
}

/// Makes the files below a root agree with what they should be, or says how they differ.
fn agree(workspace: &Path, root: &str, files: &Files, reads_only: bool) -> u8 {
    let directory = workspace.join(root);
    let findings = if reads_only {
        codegen::compare(files, &directory)
    } else {
        codegen::write(files, &directory)
    };
    match findings {
        Ok(findings) => tell(root, &findings, reads_only, files.len()),
        Err(error) => {
            eprintln!("failed: {root}: {error}");
            FAILED
        }
    }
}

fn since(revision: &str, files: &Files, contracts: &Contracts) -> ExitCode {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    match codegen::files_of(&repository, revision) {
        Ok(before) => {
            print!("{}", codegen::diff(&before, files, contracts));
            ExitCode::from(FRESH)
        }
        Err(error) => {
            eprintln!("failed: {error}");
            ExitCode::from(FAILED)
        }
    }
}

fn tell(root: &str, findings: &[Finding], reads_only: bool, files: usize) -> u8 {
    for finding in findings {
        if reads_only {
            println!("{finding}");
        } else {
            println!("{}", finding.done());
        }
    }
    match (findings.len(), reads_only) {
        (0, _) => println!("{root}: {files} files, all fresh"),
        (changed, false) => println!("{root}: {changed} of {files} files changed"),
        (_, true) => {
            println!("{root}: run `cargo codegen` and commit what it writes");
            return STALE;
        }
    }
    FRESH
}
