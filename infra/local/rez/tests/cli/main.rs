//! The real binary on data directories of its own.

mod dead_letters;
mod process;
mod reading;
mod refused;
mod schedules;
mod sending;
mod serving;
mod signing_in;
mod starting;
