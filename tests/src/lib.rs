//! Shared helpers of the judge.
