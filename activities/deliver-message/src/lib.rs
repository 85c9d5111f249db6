//! Activity: publish a message to ntfy, once, guarded by a circuit breaker.
//!
//! Promised is at least once; aimed at is no duplicate on ntfy 2.16 and later with a cache and permission to read. This
//! crate does not know which of its errors are retried: that is written in the workflow.

mod answer;
mod aws;
mod cut;
mod destination;
mod failure;
mod guard;
mod handler;
mod lines;
mod notification;
mod ntfy;
mod retry_after;
mod settings;

pub use answer::{Accepted, Answer, CODES, Class, STATUSES, Wait, classify, read as read_answer};
pub use aws::{OnAwsError, on_aws};
pub use destination::Destination;
pub use guard::{BreakerStore, Guard};
pub use handler::DeliverHandler;
pub use lines::Lines;
pub use notification::{Notification, REQUEST_BYTES, sequence_id};
pub use ntfy::{Ntfy, Timeouts, ours};
pub use settings::{BREAKER, LEAST_MESSAGE_BYTES, NTFY_MESSAGE_BYTES, Settings, SettingsError, thresholds};
