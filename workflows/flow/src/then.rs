//! How an arm ends.

use std::{marker::PhantomData, rc::Rc};

use expr::{Expr, Is, Shape};

use crate::{Retry, tree::End};

/// How an arm ends: with a value that joins the main line, or without one (failed, succeeded, around the loop again).
#[must_use = "an arm ends as its last expression says; dropped, it would end nowhere"]
#[derive(Debug)]
pub struct Then<'s, T: Shape> {
    pub(crate) retry: Option<Retry>,
    pub(crate) end: End,
    pub(crate) scope: PhantomData<fn(&'s T) -> &'s T>,
}

impl<T: Shape> Then<'_, T> {
    pub(crate) fn new(end: End) -> Self {
        Self {
            retry: None,
            end,
            scope: PhantomData,
        }
    }
}

impl<'s, T: Shape> From<Expr<'s, T>> for Then<'s, T> {
    fn from(value: Expr<'s, T>) -> Self {
        Self::new(End::Value(value.settled()))
    }
}

/// Ends an arm with a value that joins the main line.
pub fn value<'s, T: Shape>(value: impl Is<'s, T>) -> Then<'s, T> {
    Then::new(End::Value(Rc::clone(&value.expr().settled())))
}
