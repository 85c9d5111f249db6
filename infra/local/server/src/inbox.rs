//! The built-in inbox: the default target of deliveries, speaking ntfy's protocol under `/inbox`.
//!
//! A message is visible without any server being installed, and everything that works against the inbox works against
//! ntfy: one set of contract tests runs against both.

mod kept;
mod notification;
mod publish;
mod refusal;
mod router;
mod since;

pub use router::{Now, router};

#[cfg(test)]
mod tests;
