//! Lambda functions as processes of this machine, behind Lambda's Runtime API.
//!
//! A [`Function`] starts its program when it is invoked and nobody is free, gives it one event at a time, freezes it between
//! events, and ends it when it takes too long or has had nothing to do. What it answers, and how it fails, is what Lambda's
//! Invoke would answer.
//!
//! What a process has here that Lambda does differently: it may write to this machine's disk, its memory is told to it and not
//! limited, and nothing keeps it from the network.
//!
//! This crate does not know who invokes, nor which functions there are.
//!
//! Sources: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes", "Understanding the Lambda execution
//! environment lifecycle" and "Working with Lambda environment variables".

mod death;
mod environment;
mod function;
mod output;
mod peer;
mod pool;
mod process;
mod program;
mod runtime_api;
mod settings;

pub use environment::Invocation;
pub use function::{Function, InvokeError};
pub use output::{Output, Stream};
pub use program::{ProgramError, program};
pub use settings::{INIT, PAYLOAD_BYTES, Settings};
