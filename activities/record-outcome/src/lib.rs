//! Activity: record how a message ended and publish the event.
//!
//! The item is written first, on a condition, then the event is published; both may be repeated, and an event is
//! published at least once for each end that stands. This crate does not know who listens.

mod aws;
mod delivered;
mod end;
mod events;
mod handler;
mod outcomes;
mod status_change;

pub use delivered::{Delivered, HistoryReader, LastCall};
pub use end::{End, ended_unseen};
pub use events::{EventError, Events, SnsEvents};
pub use handler::RecordHandler;
pub use outcomes::{Outcomes, on_aws};
pub use status_change::{EndedExecutions, Recorder};
