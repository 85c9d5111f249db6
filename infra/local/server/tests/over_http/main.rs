//! The server over real HTTP with real files.

mod activities;
mod bounds;
mod calls;
mod crash;
mod lifecycle;
mod malformed;
mod messages;
mod support;
mod table;
mod timers;
