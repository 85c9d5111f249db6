//! Activity: find failed messages, by their items, which know what the queue has forgotten.

mod handler;
mod store;

pub use handler::ListHandler;
pub use store::{FailedMessages, on_aws};
