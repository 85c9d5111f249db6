//! Activity: write the message once, before anything else happens.
//!
//! Checks the rules that every entrance enforces, because a schedule or a foreign program may start the workflow
//! directly. This crate does not know what happens to the message next.

mod handler;
mod store;

pub use handler::PersistHandler;
pub use store::{Store, on_aws};
