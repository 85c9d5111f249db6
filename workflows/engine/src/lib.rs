//! The meaning of the Amazon States Language: a pure, deterministic interpreter.
//!
//! `compile` resolves a definition once; an [`Execution`] then turns events into effects and history:
//!
//! ```text
//! compile(definition)                                    -> Machine
//! Execution::start(machine, identity, input, now, random) -> (Execution, Step)
//! Execution::apply(machine, event, now, random)           -> Step { effects, history }
//! ```
//!
//! No clock, randomness, file, socket or environment is read here: time, random numbers and results come in. Everything
//! that must survive a crash is serde data inside [`Execution`].

mod effect;
mod event;
mod execution;
mod history;
mod machine;
pub mod query;

pub use effect::{Effect, Integration, Step, TaskRequest};
pub use event::Event;
pub use execution::{Execution, ExecutionStatus, Identity, TaskId, TimerId};
pub use history::{HistoryEvent, HistoryEventType};
pub use machine::{Machine, compile};
