//! What all scopes of a workflow share.

use std::{any::TypeId, cell::RefCell, collections::BTreeSet, rc::Rc};

use crate::{Finding, Place};

/// What all scopes of a workflow share while its closures run.
pub(crate) struct Build {
    pub(crate) findings: RefCell<Vec<Finding>>,
    pub(crate) loops: RefCell<usize>,
    /// The names of the activities that are called.
    pub(crate) activities: RefCell<BTreeSet<&'static str>>,
    /// Where calls are asked for that nothing is checked of.
    pub(crate) unchecked: RefCell<BTreeSet<Place>>,
    /// The depth of the scope whose closure is running.
    pub(crate) running: RefCell<usize>,
    output: (TypeId, &'static str),
}

impl Build {
    pub(crate) fn new<O: 'static>() -> Rc<Self> {
        Rc::new(Self {
            findings: RefCell::default(),
            loops: RefCell::default(),
            activities: RefCell::default(),
            unchecked: RefCell::default(),
            running: RefCell::default(),
            output: (TypeId::of::<O>(), std::any::type_name::<O>()),
        })
    }

    pub(crate) fn find(&self, place: Place, message: impl Into<String>) {
        self.findings.borrow_mut().push(Finding::new(place, message));
    }

    /// `succeed` ends the workflow, so it must give the workflow's output.
    pub(crate) fn check_output<T: 'static>(&self, place: Place) {
        if TypeId::of::<T>() != self.output.0 {
            let (found, wanted) = (std::any::type_name::<T>(), self.output.1);
            self.find(
                place,
                format!("the workflow's output is `{wanted}`, this succeeds with `{found}`"),
            );
        }
    }
}
