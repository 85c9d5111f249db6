//! Host of the engine on one machine: effects, task runners, wire API, inbox.

pub mod inbox;
