//! The template beside an emulator: what it makes is made in moto from its own properties, and the adapters, the functions and
//! `rez --aws` do their work there. Skipped, with a word, where moto is not installed.

mod adapters;
mod operator;
mod permissions;
mod refused;
mod stage;
