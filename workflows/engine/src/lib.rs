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

mod call;
mod catch;
mod children;
mod choice;
mod compile;
mod context;
mod data;
mod data_flow;
mod effect;
mod ending;
mod event;
mod execution;
mod fail;
mod failure;
mod frame;
mod handling;
mod history;
mod limits;
mod machine;
mod map;
mod parallel;
pub mod query;
mod resource;
mod retry;
mod run;
mod task;
mod transition;
mod wait;
mod writer;

pub use compile::compile;
pub use effect::{Effect, Integration, Step, TaskRequest};
pub use event::Event;
pub use execution::{Execution, ExecutionStatus, Identity, TaskId, TimerId};
pub use history::{HistoryEvent, HistoryEventType};
pub use machine::Machine;
