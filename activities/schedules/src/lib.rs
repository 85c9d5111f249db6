//! EventBridge Scheduler as what keeps the API's schedules and lets them fire.
//!
//! A schedule starts the state machine itself, with the message as its input: no function stands between. Scheduler starts
//! at least once and gives no stable name, so the input carries the schedule's ARN and the scheduled time, from which
//! `persist-message` makes the message's id: a second start for one time ends after one state.
//!
//! It is a crate of its own, so that a program that keeps its schedules itself does not link Scheduler's client.

mod error;
mod input;
mod known;
mod scheduler;

pub use scheduler::{Scheduler, Target};
