//! Amazon States Language as plain data: parse, print and validate with positions.
//!
//! This crate knows the language of <https://states-language.net/> and AWS's additions (JSONata, variables, distributed
//! Map) and nothing of its meaning at run time. It does not know that a builder or an engine exists.
//!
//! [`check`] reads a definition and applies every rule, [`parse`] reads it alone, [`validate()`] applies the rules to a
//! machine that was built, and [`print()`] writes the canonical text.
//!
//! ```
//! use asl::{Options, check, print};
//!
//! let parsed = check(r#"{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}"#, &Options::default())?;
//! assert_eq!(print(&parsed.machine).lines().nth(1), Some(r#"  "StartAt": "Done","#));
//!
//! let findings = check(
//!     "{\n  \"StartAt\": \"Greet\",\n  \"States\": {\n    \"Greet\": {\"Type\": \"Pass\", \"Nxt\": \"Done\", \"End\": true}\n  }\n}",
//!     &Options::default(),
//! )
//! .unwrap_err();
//! assert_eq!(
//!     format!("{:#}", findings.render("hello.asl.json")),
//!     concat!(
//!         "hello.asl.json:4:31: error: Field 'Nxt' is not supported [unsupported-field]; did you mean `Next`?\n",
//!         "4 |     \"Greet\": {\"Type\": \"Pass\", \"Nxt\": \"Done\", \"End\": true}\n",
//!         "  |                               ^^^^^\n",
//!     )
//! );
//! assert_eq!(
//!     findings.aws_message(),
//!     "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Field 'Nxt' is not supported at /States/Greet'"
//! );
//! # Ok::<(), asl::Findings>(())
//! ```

mod choice;
mod edges;
mod error_handling;
mod fail;
mod finding;
mod findings;
mod integration;
pub mod intrinsic;
mod json;
mod kind;
mod map;
mod operator;
mod parallel;
mod parse;
mod pass;
pub mod path;
mod permission;
mod pointer;
mod print;
mod source_map;
mod state;
mod state_machine;
mod state_type;
mod task;
mod validate;
mod value;
mod wait;
mod walk;

pub use choice::{Choice, ChoiceRule, Comparison, Condition};
pub use edges::{Edge, EdgeKind};
pub use error_handling::{Catcher, JitterStrategy, Retrier};
pub use fail::Fail;
pub use finding::Finding;
pub use findings::Findings;
pub use kind::{Kind, Severity};
pub use map::{ExecutionType, ItemProcessor, Map, ProcessorConfig, ProcessorMode};
pub use operator::{OPERATORS, Operand, Operator, operator};
pub use parallel::Parallel;
pub use parse::{Parsed, check, distance, parse};
pub use pass::Pass;
pub use permission::{Permission, Target, permissions};
pub use pointer::{Pointer, Step};
pub use print::print;
pub use source_map::{Place, SourceMap};
pub use state::{State, StateKind, Transition};
pub use state_machine::{QueryLanguage, StateMachine, States};
pub use state_type::StateType;
pub use task::Task;
pub use validate::{Options, validate};
pub use value::{Number, PathOrNull, Text};
pub use wait::{Wait, WaitFor};
pub use walk::{Scope, Visit};
