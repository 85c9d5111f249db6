//! Activity: publish a message to ntfy, guarded by a circuit breaker.

mod answer;
mod cut;
mod destination;
mod failure;
mod lines;
mod notification;
mod ntfy;
mod retry_after;

pub use answer::{CODES, Class, STATUSES, Wait, classify};
pub use destination::Destination;
pub use notification::{Notification, REQUEST_BYTES, sequence_id};
pub use ntfy::{Ntfy, Timeouts};
