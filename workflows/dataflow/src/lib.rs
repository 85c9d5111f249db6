//! What flows through a definition: variables, shapes and errors, followed along every path.
//!
//! The pass knows Amazon States Language and nothing of who wrote it. It follows the data of every state until nothing
//! changes any more, and reports what cannot go well: a variable that is read before it is assigned, a field that does not
//! exist, an expression without a value, a call that what is called does not take, an error that nobody decides. What it
//! does not know it does not complain about: without [`Knowledge`] the input is anything.
//!
//! ```
//! use dataflow::{Knowledge, Shape, analyse};
//!
//! let text = r#"{
//!   "QueryLanguage": "JSONata",
//!   "StartAt": "Greet",
//!   "States": {
//!     "Greet": {"Type": "Pass", "Output": "{% 'Hello, ' & $states.input.nme %}", "End": true}
//!   }
//! }"#;
//! let machine = asl::parse(text)?.machine;
//! let knowledge = Knowledge { input: Shape::object([("name", Shape::text())]), ..Knowledge::default() };
//! let found = analyse(&machine, &knowledge).findings;
//! assert_eq!(
//!     found[0].to_string(),
//!     "/States/Greet/Output: error: `$states.input` has no field `nme` [unknown-field]; did you mean `name`?"
//! );
//! # Ok::<(), asl::Findings>(())
//! ```

mod analysis;
mod assume;
mod calls;
mod choice;
mod constant;
mod containers;
mod context;
mod contract;
mod crossed;
mod errors;
mod expression;
mod finding;
mod fits;
mod flow;
mod functions;
mod integrations;
mod join;
mod navigate;
mod operators;
mod parts;
mod path_choice;
mod path_output;
mod path_states;
mod paths;
mod refine;
mod schema;
mod scope;
mod shape;
mod size;
mod states;
mod steps;
mod task;
mod template;
mod words;

pub use analysis::{Analysis, StateData, analyse};
pub use contract::{Contract, Knowledge};
pub use finding::{Finding, Rule};
pub use fits::{Misfit, misfits};
pub use parts::{List, Number, Object, Text};
pub use shape::{Known, Shape};
pub use size::Size;
