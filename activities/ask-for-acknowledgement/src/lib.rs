//! Activity: keep who waits for an acknowledgement.

mod handler;
mod store;

pub use handler::AskHandler;
pub use store::{Acknowledgements, on_aws};
