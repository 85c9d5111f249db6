//! Workflows that stand around `process-message`, each from its start to its end, with everything real but the time, and
//! held to the generated policies.

mod acknowledging;
mod escalating;
mod redriving;
mod world;
