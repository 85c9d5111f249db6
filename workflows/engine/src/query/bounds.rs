//! The limits of one evaluation, which make a runaway expression an error.
//!
//! AWS documents the time limit and that there are the other two
//! (<https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html>, "Handling expression errors"); their
//! sizes were found by measuring AWS in public issues (floci-io/floci #2737).

use jsonata_core::evaluator::{EvaluatorOptions, error_code_prefix};

use super::Problem;

/// Nested evaluations: `1+1+…` of 100 terms is accepted, of 101 refused. The evaluator does not count the literal or
/// variable at the bottom, which makes AWS's 100.
const DEPTH: usize = 99;
/// Milliseconds of one evaluation.
const TIME: u64 = 1_000;
/// Bytes that one value may hold: a scalar counts 8, a character 1. `[1..873782]` is the longest sequence accepted.
pub(super) const MEMORY: usize = 6_990_256;
/// What a scalar counts against [`MEMORY`].
pub(super) const SCALAR: usize = 8;
/// Items that `$range` may make.
pub(super) const RANGE: usize = 360_145;

/// AWS's text for a value past [`MEMORY`].
pub(super) const MEMORY_TEXT: &str = "Expression evaluation memory limit exceeded: Check for excessive memory usage";
const DEPTH_TEXT: &str =
    "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive";
const TIME_TEXT: &str = "Expression evaluation timeout: Check for infinite loop";

/// The limits for the evaluator. It has no step limit, so time is the only bound of a loop: the evaluator itself reads
/// the monotonic clock, and what it decides with it is only whether an evaluation fails.
pub(super) fn options() -> EvaluatorOptions {
    EvaluatorOptions {
        timeout_ms: Some(TIME),
        cancel: None,
        max_stack_depth: Some(DEPTH),
        max_sequence_length: Some(MEMORY / SCALAR),
    }
}

/// The limits for evaluating parts of a failed expression again.
pub(super) fn diagnosis() -> EvaluatorOptions {
    EvaluatorOptions {
        timeout_ms: Some(20),
        ..options()
    }
}

/// The limit that an error code of the evaluator stands for.
pub(super) fn limit(code: &str) -> Option<Problem> {
    let text = match code {
        "D1011" | "U1001" => DEPTH_TEXT,
        "D1012" => TIME_TEXT,
        "D2015" => MEMORY_TEXT,
        _ => return None,
    };
    Some(Problem::Limit(text))
}

/// Whether an error text of the evaluator says that the time is over.
pub(super) fn is_time(text: &str) -> bool {
    error_code_prefix(text) == Some("D1012")
}

/// A value holds more than [`MEMORY`].
#[derive(Debug)]
pub(super) struct Exceeded;

impl From<Exceeded> for Problem {
    fn from(Exceeded: Exceeded) -> Self {
        Self::Limit(MEMORY_TEXT)
    }
}

/// Counts what a value holds while it is written out: a small value that shares its parts can be endless as JSON.
pub(super) struct Budget(usize);

impl Budget {
    /// A fresh count.
    pub(super) fn new() -> Self {
        Self(MEMORY)
    }

    /// Counts some bytes.
    pub(super) fn spend(&mut self, bytes: usize) -> Result<(), Exceeded> {
        self.0 = self.0.checked_sub(bytes).ok_or(Exceeded)?;
        Ok(())
    }
}
