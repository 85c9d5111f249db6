//! The built-in inbox: the default target of deliveries, speaking ntfy's protocol under `/inbox`.
//!
//! A message is visible without any server being installed, and everything that works against the inbox works against
//! ntfy: one set of contract tests runs against both.

mod notification;
mod publish;
mod refusal;
mod router;
mod since;
mod store;

pub use notification::{Event, Notification};
pub use router::router;
pub use since::Since;
pub use store::{InboxStore, StoreError};

#[cfg(test)]
mod tests;
