//! From the model to text, in the field order a careful person writes.

mod choice;
mod error_handling;
mod fields;
mod map;
mod state;
mod states;

use serde_json::Value;

use crate::StateMachine;

impl StateMachine {
    /// The definition as a JSON value. The key order is that of [`print()`].
    pub fn to_json(&self) -> Value {
        states::machine(self)
    }
}

/// The canonical text of a definition: two spaces of indent, `\n`, a trailing newline, and always the same field order.
///
/// `parse(print(machine))` gives the machine back.
pub fn print(machine: &StateMachine) -> String {
    format!("{:#}\n", machine.to_json())
}
