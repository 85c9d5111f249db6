//! The press: the only writer of generated files.
//!
//! [`expected`] computes every file that should exist from `catalog::all()`; [`compare`] finds what is missing, stale or
//! orphaned on disk; [`write()`] makes the disk agree. All three know the set as a whole, so that a workflow that was
//! renamed leaves nothing behind.

mod aws;
mod compare;
mod contracts;
mod counters;
mod diagram;
mod diff;
mod error;
mod expected;
mod index;
mod knowledge;
mod limits;
mod longest;
mod loops;
mod mermaid;
mod plan;
mod policy;
mod report;
mod retries;
mod revision;
mod times;
mod ways;
mod worst;
mod write;

pub use aws::{BOUNDS, Function, Line, Load, TemplateError, costs, functions, template};
pub use compare::{Finding, compare};
pub use contracts::Contracts;
pub use diff::diff;
pub use error::Invalid;
pub use expected::{Files, expected, expected_under};
pub use knowledge::check;
pub use plan::{CODE, Fixed, Plan, REPLACED, Release, StageError, plan};
pub use revision::{RevisionError, changed_since, files_of};
pub use write::write;

/// Where the files of workflows live, relative to the workspace.
pub const GENERATED: &str = "workflows/generated";

/// Where the template of AWS lives, relative to the workspace.
pub const INFRASTRUCTURE: &str = "infra/aws/generated";

/// What AWS is deployed from: the template, the parts that it is made of, and what each stage sets.
pub const AWS: &str = "infra/aws";
