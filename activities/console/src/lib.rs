//! The pages: messages, dead letters, state machines, and executions as they run.
//!
//! Pages about messages call the JSON API's own router in process, pages about state machines a port in the shape of Step
//! Functions' API ([`StepFunctions`]): nothing is read or decided here that those two do not decide. What is this crate's own
//! is the view of an execution, whose history [`run`] turns into what each state does.
//!
//! Every page is complete without a script. The one script swaps parts of a page for those of a newer one when an event of
//! the API says that there is one, and shows times in the reader's zone.

mod assets;
mod console;
mod failure;
mod frame;
mod html;
mod json_api;
mod message;
mod message_form;
mod openapi;
mod pages;
mod port;
mod reader;
mod router;
pub mod run;
mod schema_form;
mod state_machines;

pub use assets::{icon, style};
pub use console::Console;
pub use port::{MOST_COUNTED, STATUSES, ServiceError, StepFunctions};
pub use router::router;
