//! The meaning of the Amazon States Language: a pure, deterministic interpreter.
//!
//! [`compile`] resolves a definition once; an [`Execution`] then turns events into effects and history. The host performs
//! the effects, keeps the history and brings the events:
//!
//! ```
//! use engine::{Effect, Event, Execution, ExecutionStatus, Identity, compile};
//! use jiff::Timestamp;
//!
//! let definition = r#"{
//!     "QueryLanguage": "JSONata", "StartAt": "Greet", "States": {
//!         "Greet": {
//!             "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:greet",
//!             "Output": "{% $states.result & '!' %}", "End": true
//!         }
//!     }
//! }"#;
//! let machine = compile(&asl::parse(definition).unwrap().machine).unwrap();
//! let identity = Identity {
//!     execution_arn: "arn:aws:states:eu-west-1:123456789012:execution:hello:1".into(),
//!     execution_name: "1".into(),
//!     state_machine_arn: "arn:aws:states:eu-west-1:123456789012:stateMachine:hello".into(),
//!     state_machine_name: "hello".into(),
//!     role_arn: "arn:aws:iam::123456789012:role/hello".into(),
//! };
//!
//! let (mut execution, step) = Execution::start(&machine, identity, r#"{"name": "Ada"}"#, Timestamp::UNIX_EPOCH, 0);
//! let [Effect::ScheduleTask(request)] = step.effects.as_slice() else { panic!() };
//! assert_eq!(request.parameters, r#"{"name": "Ada"}"#);
//!
//! let answer = Event::TaskSucceeded { task: request.task, output: r#""Hello Ada""#.into() };
//! let step = execution.apply(&machine, answer, Timestamp::UNIX_EPOCH, 1);
//! let [Effect::Finish { output: Some(output), .. }] = step.effects.as_slice() else { panic!() };
//! assert_eq!(output, r#""Hello Ada!""#);
//! assert_eq!(execution.status(), ExecutionStatus::Succeeded);
//! ```
//!
//! No clock, randomness, file, socket or environment is read here: time, random numbers and results come in. Everything
//! that must survive a crash is serde data inside [`Execution`].
//!
//! Inside, an execution is a tree of frames, one for itself and one for each branch and iteration (`frame`). A step takes
//! one event and lets frames run until all wait (`run`). Each kind of state has a file that holds what it is compiled to,
//! how, and what it does; `transition` leads from state to state, `handling` from an error to a retrier or catcher,
//! `children` into branches and back, `ending` to the end and `redrive` on from there. Everything that a state computes goes through `data_flow`,
//! in one of two languages: JSONata is `query`, JSONPath is `jsonpath`.

mod call;
mod catch;
mod children;
mod choice;
mod compile;
mod compile_paths;
mod context;
mod data;
mod data_flow;
mod details;
mod effect;
mod ending;
mod event;
mod execution;
mod fail;
mod failure;
mod frame;
mod handling;
mod history;
mod jsonpath;
mod limits;
mod machine;
mod map;
mod packed;
mod parallel;
pub mod query;
mod redrive;
mod resource;
mod retry;
mod run;
mod task;
mod transition;
mod variables;
mod wait;
mod writer;

pub use compile::compile;
pub use effect::{Effect, Integration, Step, TaskRequest};
pub use event::Event;
pub use execution::{Execution, ExecutionStatus, Identity, TaskId, TimerId};
pub use history::{HistoryEvent, HistoryEventType};
pub use machine::Machine;
pub use packed::{Unreadable, pack, unpack};
pub use redrive::{NotRedrivable, REDRIVE_PERIOD, RedriveFacts};
pub use variables::variable_references;
