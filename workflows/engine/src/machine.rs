//! A definition, resolved once.

/// A compiled state machine. Immutable, and shared between all executions of one definition.
#[derive(Debug)]
pub struct Machine;

/// Resolves names to ids and parses every expression once.
///
/// What the engine does not support yet is a finding at its state, never a wrong run.
pub fn compile(_definition: &asl::StateMachine) -> Result<Machine, Vec<String>> {
    todo!()
}
