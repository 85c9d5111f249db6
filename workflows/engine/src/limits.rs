//! The service's quotas that shape an execution.
//!
//! Source: Step Functions Developer Guide, "Quotas related to state machine executions".

/// The longest input or output of a task, state or execution: 256 KiB of UTF-8.
pub(crate) const DATA_BYTES: usize = 256 * 1024;

/// The longest history of a Standard execution; the last of them tells that the limit was reached.
pub(crate) const HISTORY_EVENTS: u64 = 25_000;
