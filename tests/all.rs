//! The judge: whatever needs two rooms or more, in one binary. `workspace.rs` asserts that no file is forgotten here.

mod console;
mod delivery;
mod disk;
mod doctor;
mod durable;
mod events;
mod faulty;
mod fuzzed;
mod generated;
mod killed;
mod ntfy;
mod outage;
mod policies;
mod readme;
mod redrive_on_aws;
mod rows;
mod schedules;
mod send;
mod sign_in;
mod soak;
mod stopped;
mod tutorial;
mod typed;
mod wire;
mod workflows;
mod workspace;
