//! Where the parser puts what it finds, so that it can go on.

use std::cell::RefCell;
use std::collections::HashSet;

use crate::{Finding, Findings, Kind, Pointer};

/// The findings so far, and the states that could not be read.
#[derive(Debug, Default)]
pub(super) struct Sink {
    findings: RefCell<Vec<Finding>>,
    lost: RefCell<HashSet<Pointer>>,
}

impl Sink {
    pub(super) fn push(&self, finding: Finding) {
        self.findings.borrow_mut().push(finding);
    }

    /// Remembers a state that is there in the text but not in the model, so that no rule takes it for absent.
    pub(super) fn lose(&self, state: &Pointer) {
        self.lost.borrow_mut().insert(state.clone());
    }

    pub(super) fn wrong_type(&self, pointer: &Pointer, expected: &str) {
        self.push(Finding::new(
            Kind::WrongType,
            pointer,
            format!("Expected value of type {expected}"),
        ));
    }

    pub(super) fn wrong_value(&self, pointer: &Pointer, field: &str, values: &[&str]) {
        let message = format!(
            "The field '{field}' should have one of these values: [{}]",
            values.join(", ")
        );
        self.push(Finding::new(Kind::WrongValue, pointer, message));
    }

    pub(super) fn missing(&self, pointer: &Pointer, fields: &[&str]) {
        let message = format!("These fields are required: [{}]", fields.join(", "));
        self.push(Finding::new(Kind::MissingField, pointer, message));
    }

    pub(super) fn finish(self) -> (Findings, HashSet<Pointer>) {
        (self.findings.into_inner().into(), self.lost.into_inner())
    }
}
