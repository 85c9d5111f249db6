//! Definitions: what is accepted, and what the engine makes of it.

use asl::{ExecutionType, Findings, Options};
use engine::Machine;

/// A definition that cannot be run.
#[derive(Debug)]
pub(crate) enum Refused {
    /// It breaks rules of the language.
    Findings(Findings),
    /// The engine cannot run it yet.
    NotSupported(Vec<asl::Finding>),
}

/// Reads, checks and compiles a definition of a Standard state machine.
pub(crate) fn compile(definition: &str) -> Result<Machine, Refused> {
    let parsed = check(definition, ExecutionType::Standard).map_err(Refused::Findings)?;
    engine::compile(&parsed.machine).map_err(Refused::NotSupported)
}

/// Checks a definition as AWS does, whether or not the engine can run it.
pub(crate) fn check(definition: &str, machine_type: ExecutionType) -> Result<asl::Parsed, Findings> {
    asl::check(
        definition,
        &Options {
            machine_type,
            placeholders: false,
        },
    )
}

impl std::fmt::Display for Refused {
    /// The message of AWS's `InvalidDefinition`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Findings(findings) => f.write_str(&findings.aws_message()),
            Self::NotSupported(what) => {
                let what: Vec<_> = what
                    .iter()
                    .map(|finding| format!("{} at {}", finding.message, finding.pointer.location()))
                    .collect();
                write!(
                    f,
                    "Invalid State Machine Definition: 'NOT_SUPPORTED_YET: {}'",
                    what.join(", ")
                )
            }
        }
    }
}
