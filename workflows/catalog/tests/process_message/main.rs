//! What `process-message` does, by running its definition in the engine: activities are answered by closures, time is
//! virtual.

mod definition;
mod ends;
mod happy_path;
mod laws;
mod patience;
mod simulation;
