//! Typed expressions that exist while a workflow runs: the vocabulary shared by contracts and the builder.
//!
//! This crate does not know that a builder, a state machine or a Lambda exists.

mod activity;

pub use activity::{Activity, ActivityError, NoError};
