//! Loops, which always have a bound.

use std::{marker::PhantomData, rc::Rc};

use expr::{Expr, Is, Node, Shape, Written};
use serde_json::json;

use crate::{
    Place, Scope, Then,
    names::camel_case,
    scope::variable,
    tree::{End, Loop, LoopId, Step},
};

/// A round of a loop, in its body.
#[derive(Debug)]
pub struct Round<'x, C: Shape> {
    /// Which round this is, from 1.
    pub number: Expr<'x, u32>,
    /// What the round before, or the way in, handed over.
    pub carried: Expr<'x, C>,
    id: LoopId,
    scope: PhantomData<fn(&'x ()) -> &'x ()>,
}

impl<'x, C: Shape> Round<'x, C> {
    /// Ends an arm by going round once more, handing over `next`.
    #[track_caller]
    pub fn again<'y, T: Shape>(&self, next: impl Is<'y, C>) -> Then<'y, T>
    where
        'x: 'y,
    {
        Then::new(End::Again {
            of: self.id,
            carried: next.expr().settled(),
            place: Place::here(),
        })
    }
}

impl<'s, 'outer: 's> Scope<'s, 'outer> {
    /// Repeats `body` until it ends otherwise than by `again`, at most `rounds` times; then `spent` decides.
    #[track_caller]
    pub fn repeat_at_most<T: Shape>(
        &self,
        rounds: u32,
        body: impl for<'x> FnOnce(&Scope<'x, 's>, Round<'x, ()>) -> Then<'x, T>,
        spent: impl for<'x> FnOnce(&Scope<'x, 's>) -> Then<'x, T>,
    ) -> Expr<'s, T> {
        self.repeat(
            rounds,
            String::new(),
            Rc::new(Node::Literal(json!(null))),
            body,
            |w, _| spent(w),
            Place::here(),
        )
    }

    /// The same with a value that is carried from round to round in the variable `name`, at first `first`.
    #[track_caller]
    pub fn repeat_with<C: Shape, T: Shape>(
        &self,
        rounds: u32,
        name: &str,
        first: impl Is<'s, C>,
        body: impl for<'x> FnOnce(&Scope<'x, 's>, Round<'x, C>) -> Then<'x, T>,
        spent: impl for<'x> FnOnce(&Scope<'x, 's>, Expr<'x, C>) -> Then<'x, T>,
    ) -> Expr<'s, T> {
        let place = Place::here();
        self.check_bound(name, place);
        self.repeat(rounds, name.to_owned(), first.expr().settled(), body, spent, place)
    }

    fn check_bound(&self, name: &str, place: Place) {
        // Only checked: the variable is free again after the loop.
        let (_, ()) = self.inside(&[], |inner| inner.bind(name, place));
    }

    fn repeat<C: Shape, T: Shape>(
        &self,
        rounds: u32,
        carried: String,
        first: Rc<Node>,
        body: impl for<'x> FnOnce(&Scope<'x, 's>, Round<'x, C>) -> Then<'x, T>,
        spent: impl for<'x> FnOnce(&Scope<'x, 's>, Expr<'x, C>) -> Then<'x, T>,
        place: Place,
    ) -> Expr<'s, T> {
        let label = self.label(|| "Repeat".to_owned(), place);
        let joined = camel_case(&label.name);
        let counter = self.free_name("round");
        let id = LoopId(self.build.loops.replace_with(|next| *next + 1));
        let names = [counter.clone(), carried.clone()];
        let body = self.arm_without_retry(place, &names, |inner| {
            let round = Round {
                number: variable(&counter, Written::Deep),
                carried: variable(&carried, Written::Unknown),
                id,
                scope: PhantomData,
            };
            body(inner, round)
        });
        let spent = self.arm_without_retry(place, &names, |inner| {
            spent(inner, variable(&carried, Written::Unknown))
        });
        self.bind(&joined, place);
        self.push(Step::Loop(Box::new(Loop {
            id,
            label,
            counter,
            rounds,
            carried,
            first,
            body,
            spent,
            joined: joined.clone(),
        })));
        variable(&joined, Written::Unknown)
    }
}
