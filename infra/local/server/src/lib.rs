//! Host of the engine on one machine: effects, task runners, the wire API of Step Functions, the built-in inbox.
//!
//! [`start`] opens a data directory and runs everything in it until [`Server::shutdown`]. A process that dies instead
//! loses nothing that it has acknowledged: the next start takes up every execution where the journal left it.

mod addresses;
mod alarms;
mod binaries;
mod changes;
mod clock;
mod config;
mod console;
mod definition;
mod doors;
mod error;
mod events;
mod failpoints;
mod host;
mod identity;
pub mod inbox;
mod linked;
mod listen;
mod meters;
mod policies;
mod ports;
mod process_message;
mod retention;
mod runners;
mod schedules;
mod serve_file;
mod server;
mod store;
mod traces;
mod welcome;
mod wire;
mod workflows;

pub use clock::{Clock, ManualClock, SystemClock};
pub use config::{Config, MOST_OPEN, Ntfy, breaker_of};
pub use error::StartError;
#[cfg(feature = "failpoints")]
pub use failpoints::{Commit, Failure, Moment, Point, arm, has_failed};
pub use identity::{Identity, IdentityError};
pub use journal::{Inspection, Owner, inspect, owner};
pub use policies::{Policies, Policy, PolicyError};
pub use retention::TrustedClock;
pub use serve_file::ServeFile;
pub use server::{Addresses, Server, Stopped, start};
pub use traces::{Traces, TracesError};
