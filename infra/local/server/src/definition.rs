//! Definitions: what is accepted, and what the engine makes of it.

use asl::{ExecutionType, Findings, Options};
use engine::Machine;

/// Reads, checks and compiles a definition of a Standard state machine. What the engine cannot run yet is a finding like
/// any other.
pub(crate) fn compile(definition: &str) -> Result<Machine, Findings> {
    let parsed = check(definition, ExecutionType::Standard)?;
    engine::compile(&parsed.machine).map_err(Findings::from)
}

/// Checks a definition as AWS does, whether or not the engine can run it.
pub(crate) fn check(definition: &str, machine_type: ExecutionType) -> Result<asl::Parsed, Findings> {
    let options = Options {
        machine_type,
        placeholders: false,
    };
    asl::check(definition, &options)
}
