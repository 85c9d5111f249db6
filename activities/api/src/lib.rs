//! The HTTP API: one axum router on Lambda and on one machine.
//!
//! Handlers know ports ([`Executions`], [`MessageStore`], [`Breakers`], [`DeadLetterQueue`],
//! [`Schedules`]) and a clock; whoever serves
//! the router brings them. Accepting a message is one durable act, the start of its execution: everything else can be
//! repeated.

mod alarms;
mod answer;
mod api;
mod body;
mod bounds;
mod cookies;
mod correlation;
mod cross_site;
mod entrance;
mod fields;
mod handlers;
mod headers;
mod idempotency;
mod new_message;
mod openapi;
mod path;
mod ports;
mod problem;
mod query;
mod rate;
mod redrive;
mod refusal_page;
mod router;
pub mod schedules;
mod sign_in_page;
mod stores;
mod together;
mod view;
mod who;

pub use alarms::{Alarm, AlarmKind, AlarmState, Comparison, Measured, Measures, Watched};
pub use api::{Api, Ports};
pub use authorizer::{Caller, CameBy, CsrfToken, Right, Rights};
pub use bounds::{Bounds, Limits};
pub use entrance::Entrance;
pub use new_message::NewMessage;
pub use ports::{Breakers, Changed, ChangedExecution, Changes, MessageStore, TaskTokens};
pub use problem::{FieldError, Problem, ProblemKind};
pub use rate::RateLimit;
pub use redrive_message::{DeadLetterQueue, ExecutionState, Executions, PortError, RedriveStore, StartOutcome};
pub use router::{for_administrators, pages, router, secured};
pub use schedules::{KnownSchedule, NewSchedule, ScheduleDefinition, SchedulePage, ScheduleQuery, Schedules};
pub use sign_in_page::Look;
pub use who::{MayAdminister, MayBeAnybody, MayRead, MayWrite};

#[cfg(test)]
mod tests;
