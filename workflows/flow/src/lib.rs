//! The typed workflow builder: real Rust in, Amazon States Language out.

mod branches;
mod calls;
mod checks;
mod choices;
mod edges;
mod emit;
mod finding;
mod graph;
mod jsonata;
mod liveness;
mod loops;
mod lower;
mod merge;
mod names;
mod place;
mod retry;
mod scope;
mod then;
mod tree;
mod workflow;

pub use calls::Failure;
pub use finding::Finding;
pub use loops::Round;
pub use place::Place;
pub use retry::Retry;
pub use scope::Scope;
pub use then::{Then, value};
pub use workflow::{Workflow, workflow};
