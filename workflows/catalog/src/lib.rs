//! Our workflows, one file each.

mod dead_letter;
mod escalate_message;
mod escalation;
mod patience;
mod payloads;
mod process_message;
mod redrive_dead_letters;

pub use dead_letter::{DeadEnd, DeadEndExpr, DeadEndFields};
pub use escalate_message::escalate_message;
pub use escalation::{Tried, TriedExpr, TriedFields};
pub use patience::{Setback, SetbackExpr, SetbackFields};
pub use process_message::process_message;
pub use redrive_dead_letters::redrive_dead_letters;

/// Every workflow, in alphabetical order: the single list from which everything else is generated.
pub fn all() -> Vec<flow::Workflow> {
    vec![escalate_message(), process_message(), redrive_dead_letters()]
}
