//! Amazon States Language as plain data: parse, print and validate with positions.
//!
//! This crate knows the language of <https://states-language.net/> and AWS's additions (JSONata, variables, distributed
//! Map) and nothing of its meaning at run time. It does not know that a builder or an engine exists.

mod choice;
mod error_handling;
mod fail;
mod map;
mod parallel;
mod pass;
mod state;
mod state_machine;
mod task;
mod value;
mod wait;

pub use choice::{Choice, ChoiceRule, Comparison, Condition};
pub use error_handling::{Catcher, JitterStrategy, Retrier};
pub use fail::Fail;
pub use map::{ExecutionType, ItemProcessor, Map, ProcessorConfig, ProcessorMode};
pub use parallel::Parallel;
pub use pass::Pass;
pub use state::{State, StateKind, Transition};
pub use state_machine::{QueryLanguage, StateMachine, States};
pub use task::Task;
pub use value::{Number, PathOrNull, Text};
pub use wait::{Wait, WaitFor};
