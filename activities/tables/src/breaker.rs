//! The circuit breaker of a service: one item per service, every transition a conditional write.
//!
//! ```text
//! CLOSED ── 5 failures within 60 s ──> OPEN ── 30 s, then one probe at a time ──> HALF_OPEN ── 2 successes ──> CLOSED
//!                                       ^                                            │
//!                                       └──────────────── one failure ───────────────┘
//! ```
//!
//! What may happen is decided by [`transition`], a pure function; [`Breakers`] only reads the item, asks it, and
//! writes the result under the condition that nobody else wrote in between.

mod automaton;
mod table;

pub use automaton::{Breaker, Observation, Permit, Probe, Step, Thresholds, transition};
pub use table::{BreakerRecord, Breakers};
