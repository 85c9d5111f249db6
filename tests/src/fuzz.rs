//! What must hold for any input whatever: the laws that the fuzz targets in `tests/fuzz` look for a breach of, and that
//! `cargo test` holds against the corpora beside them.

pub mod answer;
pub mod definition;
pub mod execution;
pub mod message;
pub mod wire;

/// A target's name and its law.
pub type Target = (&'static str, fn(&[u8]));

/// Every target. Its corpus lies in `tests/fuzz/corpus`, its binary in `tests/fuzz/src/bin`, under its name.
pub const TARGETS: [Target; 5] = [
    ("answer", answer::judge),
    ("definition", definition::judge),
    ("execution", execution::judge),
    ("message", message::judge),
    ("wire", wire::judge),
];
