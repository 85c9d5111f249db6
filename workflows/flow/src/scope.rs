//! The scope in which an author's closure writes its steps.

use std::{cell::RefCell, marker::PhantomData, rc::Rc};

use expr::{Expr, Is, Node, Shape, Source, Written};

use crate::{
    Place, Then,
    build::Build,
    names::camel_case,
    said::Pending,
    tree::{Block, Step, Unexpected},
};

/// Where steps are written: the main line of a workflow, or the closure of an arm, a loop or a clause.
///
/// `'s` is the scope itself, `'outer` the one around it. What is made in a scope cannot be kept outside; what lies outside
/// can be used inside. That is what makes a value of a path not taken a compile error.
pub struct Scope<'s, 'outer: 's> {
    pub(crate) build: Rc<Build>,
    depth: usize,
    steps: RefCell<Vec<Step>>,
    /// Variables that hold a value here: they may not be written again inside.
    bound: RefCell<Vec<String>>,
    pub(crate) unexpected: RefCell<Option<Rc<Unexpected>>>,
    pub(crate) pending: RefCell<Pending>,
    #[allow(clippy::type_complexity, reason = "invariant in `'s`, covariant in `'outer`")]
    lifetimes: PhantomData<(fn(&'s ()) -> &'s (), &'outer ())>,
}

impl Scope<'_, 'static> {
    pub(crate) fn outermost(build: &Rc<Build>) -> Self {
        Self::make(Rc::clone(build), 0, Vec::new(), None)
    }
}

impl<'s, 'outer: 's> Scope<'s, 'outer> {
    fn make(build: Rc<Build>, depth: usize, bound: Vec<String>, unexpected: Option<Rc<Unexpected>>) -> Self {
        Self {
            build,
            depth,
            steps: RefCell::default(),
            bound: RefCell::new(bound),
            unexpected: RefCell::new(unexpected),
            pending: RefCell::default(),
            lifetimes: PhantomData,
        }
    }

    /// Evaluates a value here, once, and keeps it in the variable `name` (`camelCase`).
    ///
    /// Expressions are evaluated where they are used; this fixes one before the states that follow. Arms that keep their
    /// differing values under one name and go on alike share the states that follow.
    #[track_caller]
    pub fn keep<T: Shape>(&self, name: &str, value: impl Is<'s, T>) -> Expr<'s, T> {
        let place = Place::here();
        self.bind(name, place);
        let value = value.expr().settled();
        let written = value.written();
        self.push(Step::Keep {
            variable: name.to_owned(),
            value,
            place,
        });
        variable(name, written)
    }

    pub(crate) fn push(&self, step: Step) {
        if *self.build.running.borrow() != self.depth {
            let place = place_of(&step);
            self.build.find(
                place,
                "this scope waits for its closure to end: use the scope that the closure was given",
            );
        }
        self.steps.borrow_mut().push(step);
    }

    /// A variable begins to hold a value here.
    pub(crate) fn bind(&self, name: &str, place: Place) {
        let fresh = !self.bound.borrow().iter().any(|bound| bound == name);
        if !fresh {
            self.build.find(
                place,
                format!("`{name}` holds another value here that would be lost: name this one otherwise"),
            );
        }
        let legal = name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.chars().all(|letter| letter.is_ascii_alphanumeric())
            && name.len() <= 80
            && !matches!(name, "states" | "input" | "output");
        if !legal {
            let rule = "camelCase letters and digits, at most 80, and none of `states`, `input`, `output`";
            self.build
                .find(place, format!("`{name}` cannot name a variable: {rule}"));
        }
        self.bound.borrow_mut().push(name.to_owned());
    }

    /// A name for a variable that the author does not see, free in this scope.
    pub(crate) fn free_name(&self, name: &str) -> String {
        let mut name = name.to_owned();
        while self.bound.borrow().contains(&name) {
            name = camel_case(&format!("Inner{}{}", name[..1].to_uppercase(), &name[1..]));
        }
        name
    }

    /// Runs a closure in a scope of its own.
    pub(crate) fn inside<'x, R>(&self, extra: &[String], run: impl FnOnce(&Scope<'x, 's>) -> R) -> (Vec<Step>, R)
    where
        's: 'x,
    {
        let mut bound = self.bound.borrow().clone();
        bound.extend_from_slice(extra);
        let depth = self.depth + 1;
        let inner = Scope::make(Rc::clone(&self.build), depth, bound, self.unexpected.borrow().clone());
        *self.build.running.borrow_mut() = depth;
        let result = run(&inner);
        *self.build.running.borrow_mut() = self.depth;
        (inner.finish(), result)
    }

    /// Runs the closure of an arm.
    pub(crate) fn arm<'x, T: Shape>(
        &self,
        extra: &[String],
        run: impl FnOnce(&Scope<'x, 's>) -> Then<'x, T>,
    ) -> (Block, Option<crate::Retry>)
    where
        's: 'x,
    {
        let (steps, then) = self.inside(extra, run);
        (Block { steps, end: then.end }, then.retry)
    }

    /// Runs the closure of an arm in which nothing has failed, so that nothing can be repeated.
    pub(crate) fn arm_without_retry<'x, T: Shape>(
        &self,
        place: Place,
        extra: &[String],
        run: impl FnOnce(&Scope<'x, 's>) -> Then<'x, T>,
    ) -> Block
    where
        's: 'x,
    {
        let (block, retry) = self.arm(extra, run);
        if retry.is_some() {
            self.build.find(
                place,
                "only what has failed can be retried: `Retry` belongs into the arm of an error",
            );
        }
        block
    }

    /// The steps of a scope that has ended.
    pub(crate) fn finish(self) -> Vec<Step> {
        let pending = self.pending.into_inner();
        if let Some(place) = pending.place {
            self.build.find(place, "no step follows that this is said of");
        }
        self.steps.into_inner()
    }
}

/// An expression of a variable.
pub(crate) fn variable<'x, T: Shape>(name: &str, written: Written) -> Expr<'x, T> {
    Expr::from_node(Rc::new(Node::Source(Source::Variable {
        name: name.to_owned(),
        written,
    })))
}

fn place_of(step: &Step) -> Place {
    match step {
        Step::Keep { place, .. } => *place,
        Step::Wait { label, .. } | Step::Choice { label, .. } => label.place,
        Step::Call(call) => call.label.place,
        Step::Loop(step) => step.label.place,
        Step::Nest(step) => step.label.place,
    }
}
