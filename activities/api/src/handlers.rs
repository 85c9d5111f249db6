//! The endpoints, one file for each thing they are about.

pub(crate) mod acknowledgement_links;
pub(crate) mod acknowledgements;
pub(crate) mod auth;
pub(crate) mod breakers;
pub(crate) mod dead_letters;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod index;
pub(crate) mod messages;
pub(crate) mod metrics;
pub(crate) mod schedules;
