//! The server over real HTTP with real files.

mod activities;
mod answers;
mod bounds;
mod calls;
mod crash;
mod deleting;
mod doors;
mod dynamodb;
mod jumps;
mod lifecycle;
mod listings;
mod malformed;
mod messages;
mod redrives;
mod retention;
mod schedules;
mod support;
mod table;
mod timers;
