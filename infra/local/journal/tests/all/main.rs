//! The journal as its users see it: one binary, one file for each promise.

mod durability;
mod full;
mod group_commit;
mod redrives;
mod refused;
mod retention;
mod schedules;
mod support;
mod torn;
