//! The function `unruly-function` as a process: what it is told, and what its caller hears.

mod ending;
mod failing;
mod invoking;
mod support;
