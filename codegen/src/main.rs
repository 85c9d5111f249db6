//! `cargo codegen`: writes the generated files, or says how they differ.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use codegen::{AWS, CODE, Contracts, Files, Finding, GENERATED, INFRASTRUCTURE, Plan, Release};
use flow::Workflow;

/// Everything generated is as it should be.
const FRESH: u8 = 0;
/// The tool could not do its work.
const FAILED: u8 = 1;
/// A release would change something.
const CHANGES: u8 = STALE;
/// Generated files are missing, stale or orphaned.
const STALE: u8 = 4;
/// A workflow cannot be written as it is.
const INVALID: u8 = 100;

/// Writes definitions, schemas, policies, diagrams and reports of all workflows.
///
/// Exit status: 0 fresh or written, 4 stale (with --check or --dry-run), 100 a workflow is invalid, 1 failed; with --plan
/// 0 a release changes nothing, 4 it changes something.
#[derive(Parser)]
#[command(
    name = "codegen",
    version,
    after_help = "Examples:\n  cargo codegen --check\n  cargo codegen --diff origin/main\n  cargo codegen --plan v1.2.0 --stage prod"
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
    /// Write nothing; say in Markdown what a release would change on AWS, when this revision of git is what is deployed.
    #[arg(long, value_name = "REV", conflicts_with_all = ["check", "dry_run", "diff"])]
    plan: Option<String>,
    /// The stage of --plan, as infra/aws/samconfig.toml has it.
    #[arg(long, value_name = "STAGE", default_value = "prod", requires = "plan")]
    stage: String,
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
    if let Some(revision) = &arguments.plan {
        let plan = planned(&workspace, revision, &arguments.stage, &workflows, files);
        return match plan {
            Ok(plan) => {
                print!("{}", plan.page);
                ExitCode::from(if plan.changes { CHANGES } else { FRESH })
            }
            Err(error) => {
                eprintln!("failed: {error}");
                ExitCode::from(FAILED)
            }
        };
    }
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

/// What a release of the workspace over a revision changes.
fn planned(
    workspace: &Path,
    revision: &str,
    stage: &str,
    workflows: &[Workflow],
    files: Files,
) -> Result<Plan, Box<dyn Error>> {
    let template = codegen::template(workspace, workflows, &files)?;
    // SAM deploys the files that stand there: a plan of what they should be would be a plan of something else.
    for (root, files) in [(GENERATED, &files), (INFRASTRUCTURE, &template)] {
        if !codegen::compare(files, &workspace.join(root))?.is_empty() {
            return Err(
                format!("{root} is not what `cargo codegen` writes: run it, and commit what it changes").into(),
            );
        }
    }
    let read = |directory| codegen::files_of(workspace, revision, directory);
    let before = Release::new(read(GENERATED)?, &read(AWS)?);
    let code = codegen::changed_since(workspace, revision, &CODE)?;
    let after = Release::new(files, &deployed(workspace)?).with_code(code);
    Ok(codegen::plan(&before, &after, stage, &Contracts::ours(workflows))?)
}

/// The files of the workspace that are deployed.
fn deployed(workspace: &Path) -> Result<Files, String> {
    let read = |path: &str| {
        let full = workspace.join(AWS).join(path);
        let text = std::fs::read_to_string(&full).map_err(|error| format!("{}: {error}", full.display()))?;
        Ok((PathBuf::from(path), text))
    };
    ["generated/template.json", "samconfig.toml"]
        .map(read)
        .into_iter()
        .collect()
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
    match codegen::files_of(&repository, revision, GENERATED) {
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
