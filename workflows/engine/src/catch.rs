//! `Catch`.

use crate::failure::Failure;
use crate::machine::{Shape, StateId};

/// A compiled element of `Catch`.
#[derive(Debug)]
pub(crate) struct Catcher {
    pub(crate) error_equals: Vec<Box<str>>,
    pub(crate) shape: Shape,
    pub(crate) next: StateId,
}

impl Catcher {
    pub(crate) fn answers_to(&self, failure: &Failure) -> bool {
        self.error_equals.iter().any(|name| failure.answers_to(name))
    }
}
