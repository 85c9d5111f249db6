//! The typed workflow builder: real Rust in, Amazon States Language out.
//!
//! An author writes plain Rust: field access, record literals, `match`, functions. rustc checks it; [`workflow`] turns it
//! into an [`asl::StateMachine`], and what rustc cannot see becomes a [`Finding`] with its place in the source.
//!
//! ```
//! use expr::{Activity, ActivityError, Nothing, Shape};
//! use flow::{Retry, value, workflow};
//! use schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//!
//! /// What is ordered.
//! #[derive(Serialize, Deserialize, JsonSchema, Shape)]
//! struct Order {
//!     id: String,
//!     ship_at: Option<jiff::Timestamp>,
//! }
//!
//! /// The contract of an activity: its name, what goes in, what comes out, and how it may fail.
//! struct ShipOrder;
//!
//! impl Activity for ShipOrder {
//!     const NAME: &'static str = "ShipOrder";
//!     type Input = Shipment;
//!     type Output = Shipped;
//!     type Error = ShipError;
//! }
//!
//! #[derive(Serialize, Deserialize, JsonSchema, Shape)]
//! struct Shipment {
//!     order: String,
//!     note: Option<String>,
//! }
//!
//! #[derive(Serialize, Deserialize, JsonSchema, Shape)]
//! struct Shipped {
//!     parcel: String,
//! }
//!
//! #[derive(Debug, Serialize, Deserialize, thiserror::Error, ActivityError)]
//! #[activity(ShipOrder)]
//! enum ShipError {
//!     #[error("no address")]
//!     #[error_name("Shipping.NoAddress")]
//!     NoAddress,
//!     #[error("busy")]
//!     #[error_name("Shipping.Busy")]
//!     Busy { reason: String },
//! }
//!
//! let ship = workflow::<Order, Shipped>(
//!     "ship",
//!     // What errors lead to that no activity declares. It has to be said.
//!     |w, _order, failure| w.fail_because("Order.Stuck", &failure.error),
//!     |w, order| {
//!         w.if_some(&order.ship_at, |w, at| w.wait_until(at));
//!         let shipment = ShipmentExpr { order: &order.id, note: Nothing };
//!         let shipped = w.call(ShipOrder, shipment, |w, error| match error {
//!             ShipOrderError::NoAddress => w.fail("Order.NoAddress"),
//!             ShipOrderError::Busy { reason } => Retry::times(3).then(w.fail_because("Order.NotShipped", reason)),
//!         });
//!         value(shipped)
//!     },
//! );
//!
//! assert_eq!(ship.findings, []);
//! let states = ship.definition.states.states.keys().collect::<Vec<_>>();
//! assert_eq!(
//!     states,
//!     ["HasShipAt", "ShipOrder", "OrderNoAddress", "OrderNotShipped", "OrderStuck", "WaitUntilShipAt"]
//! );
//! ```
//!
//! What can be written, all of it as methods of [`Scope`]:
//!
//! | for | there is |
//! |---|---|
//! | our activities | [`call`](Scope::call), [`call_then`](Scope::call_then), [`call_and_wait`](Scope::call_and_wait), [`activity_worker`](Scope::activity_worker) |
//! | services | [`sqs_send_message`](Scope::sqs_send_message), [`sns_publish`](Scope::sns_publish), [`dynamodb_get_item`](Scope::dynamodb_get_item) and its kin, [`start_execution`](Scope::start_execution), [`run_execution`](Scope::run_execution) |
//! | what has no contract | [`lambda_invoke`](Scope::lambda_invoke), [`task_unchecked`](Scope::task_unchecked) |
//! | people | [`wait_for_token`](Scope::wait_for_token) |
//! | decisions | [`when`](Scope::when), [`if_else`](Scope::if_else), [`if_some`](Scope::if_some) and its kin, [`match_on`](Scope::match_on), [`end_if`](Scope::end_if) |
//! | repetition | [`repeat_at_most`](Scope::repeat_at_most), [`repeat_with`](Scope::repeat_with), [`map`](Scope::map), [`map_distributed`](Scope::map_distributed) |
//! | things at the same time | [`branch`](Scope::branch) and [`parallel`](Scope::parallel) |
//! | time | [`wait`](Scope::wait), [`wait_until`](Scope::wait_until) |
//! | ends | [`value`], [`fail`](Scope::fail), [`succeed`](Scope::succeed) |
//!
//! A part of a workflow that is used twice is a plain function that takes a `&Scope`.
//!
//! The way from closures to a definition, one module each: the closures leave a `tree` of steps; `lower` makes it a `graph`
//! of states; `edges` resolves what is assigned at once; `choices` joins Choices in a row; `liveness` drops what nobody
//! reads; `merge` makes equal tails one; `chain` hands over what
//! only the next state reads; `qualify` makes names unique; `checks` looks at the rest; `emit` and `jsonata` print.
//!
//! What an author must know that rustc does not say:
//!
//! * Expressions are evaluated where they are used. [`Scope::keep`] evaluates one here, once.
//! * Closures are called more than once and must answer alike.
//! * A closure writes into the scope that it is given, not into the one around it.

mod branches;
mod build;
mod calls;
mod causes;
mod chain;
mod checks;
mod choices;
mod dynamodb;
mod edges;
mod emit;
mod ends;
mod failures;
mod finding;
mod finishes;
mod graph;
pub mod item;
mod jsonata;
mod limits;
mod liveness;
mod loops;
mod lower;
mod merge;
mod names;
mod nests;
mod passes;
mod place;
mod qualify;
mod reads;
mod requests;
mod retriers;
mod retry;
mod said;
mod scope;
mod services;
mod state;
mod then;
mod tokens;
mod tree;
mod waits;
mod workers;
mod workflow;

pub use dynamodb::Unwritten;
pub use failures::Failure;
pub use finding::Finding;
pub use loops::Round;
pub use nests::{Branch, Branches, Item};
pub use place::Place;
pub use retry::Retry;
pub use scope::Scope;
pub use then::{Then, value};
pub use tokens::{Through, Token, Unanswered};
pub use workflow::{Workflow, workflow};
