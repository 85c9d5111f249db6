//! The server over real HTTP with real files.

mod activities;
mod bounds;
mod calls;
mod crash;
mod jumps;
mod lifecycle;
mod malformed;
mod messages;
mod retention;
mod support;
mod table;
mod timers;
