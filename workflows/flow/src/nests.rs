//! Branches beside each other, and a body for each item of a list.

mod branch;

use std::{marker::PhantomData, rc::Rc};

use asl::ExecutionType;
use expr::{Expr, Is, Shape, Written};

use crate::{
    Failure, Place, Scope, Then,
    names::{camel_case, is_pascal_case},
    scope::variable,
    tree::{Body, Children, Each, Nest, Step, Unexpected},
};

pub use branch::{Branch, Branches};

/// An item of a list, in the body of a Map.
#[derive(Debug)]
pub struct Item<'x, T: Shape> {
    /// The item.
    pub value: Expr<'x, T>,
    /// Where it stands in the list, from 0.
    pub index: Expr<'x, u32>,
}

impl<'s, 'outer: 's> Scope<'s, 'outer> {
    /// A branch for [`parallel`](Self::parallel). Its name in `PascalCase` tells its states from those of the others where
    /// they would be called alike.
    ///
    /// What lies outside can be read inside. An error that no activity declares fails the branch, unless
    /// [`otherwise`](Self::otherwise) inside says something else; so does [`fail`](Self::fail).
    #[track_caller]
    pub fn branch<T: Shape>(
        &self,
        name: &str,
        run: impl for<'x> FnOnce(&Scope<'x, 's>) -> Then<'x, T>,
    ) -> Branch<'s, T> {
        let place = Place::here();
        let block = self.body(place, &[], run);
        Branch {
            body: Body {
                name: name.to_owned(),
                place,
                block,
            },
            scope: PhantomData,
        }
    }

    /// Runs branches at the same time and gives their results as a tuple. When one fails, the others are stopped, and
    /// `on_failure` decides what that leads to; its [`Failure`] names the error of the branch.
    ///
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html>.
    #[track_caller]
    pub fn parallel<B: Branches<'s>>(
        &self,
        branches: B,
        on_failure: impl for<'x> FnOnce(&Scope<'x, 's>, &Failure<'x>) -> Then<'x, B::Results>,
    ) -> Expr<'s, B::Results> {
        let place = Place::here();
        let failed = self.clause(&[], None, on_failure);
        self.nest(|| "Parallel".to_owned(), branches.bodies().0, None, failed, place)
    }

    /// Runs the closure for each item of a list, up to 40 at a time or as many as [`max_concurrency`](Self::max_concurrency)
    /// says, and gives the list of what it gave, in the order of the items. When it fails for one item, the others are
    /// stopped, and `on_failure` decides.
    ///
    /// An error that no activity declares fails the iteration, as in a [`branch`](Self::branch).
    ///
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html>.
    #[track_caller]
    pub fn map<T: Shape, R: Shape>(
        &self,
        name: &str,
        items: impl Is<'s, Vec<T>>,
        each: impl for<'x> FnOnce(&Scope<'x, 's>, Item<'x, T>) -> Then<'x, R>,
        on_failure: impl for<'x> FnOnce(&Scope<'x, 's>, &Failure<'x>) -> Then<'x, Vec<R>>,
    ) -> Expr<'s, Vec<R>> {
        self.for_each(name, &items.expr(), None, each, on_failure, Place::here())
    }

    /// The same with a child execution for each item: 10,000 at a time, each with a history of its own. What the closure
    /// uses from outside goes into the children's input.
    ///
    /// With `tolerated` children may fail, up to that percentage (0 to 100) of all items; what they would have given is then
    /// missing from the list. `rez` does not run distributed Maps yet and refuses the definition.
    ///
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html>.
    #[track_caller]
    pub fn map_distributed<T: Shape, R: Shape>(
        &self,
        name: &str,
        items: impl Is<'s, Vec<T>>,
        kind: ExecutionType,
        tolerated: Option<u32>,
        each: impl for<'x> FnOnce(&Scope<'x, 's>, Item<'x, T>) -> Then<'x, R>,
        on_failure: impl for<'x> FnOnce(&Scope<'x, 's>, &Failure<'x>) -> Then<'x, Vec<R>>,
    ) -> Expr<'s, Vec<R>> {
        let place = Place::here();
        if tolerated.is_some_and(|percentage| percentage > 100) {
            self.build.find(place, "at most 100 percent of the items can fail");
        }
        let children = Children {
            kind,
            tolerated_percentage: tolerated,
        };
        self.for_each(name, &items.expr(), Some(children), each, on_failure, place)
    }

    fn for_each<T: Shape, R: Shape>(
        &self,
        name: &str,
        items: &Expr<'s, Vec<T>>,
        children: Option<Children>,
        each: impl for<'x> FnOnce(&Scope<'x, 's>, Item<'x, T>) -> Then<'x, R>,
        on_failure: impl for<'x> FnOnce(&Scope<'x, 's>, &Failure<'x>) -> Then<'x, Vec<R>>,
        place: Place,
    ) -> Expr<'s, Vec<R>> {
        let names = ["item", "index"].map(|name| self.free_name(name));
        let [item, index] = &names;
        let block = self.body(place, &names, |inner| {
            let item = Item {
                value: variable(item, Written::Unknown),
                index: variable(index, Written::Deep),
            };
            each(inner, item)
        });
        let failed = self.clause(&[], None, on_failure);
        let [item, index] = names;
        let each = Each {
            items: items.settled(),
            item,
            index,
            max_concurrency: None,
            children,
        };
        let body = Body {
            name: name.to_owned(),
            place,
            block,
        };
        self.nest(|| name.to_owned(), vec![body], Some(each), failed, place)
    }

    fn nest<T: Shape>(
        &self,
        default: impl FnOnce() -> String,
        bodies: Vec<Body>,
        each: Option<Each>,
        failed: Unexpected,
        place: Place,
    ) -> Expr<'s, T> {
        let (label, limits) = self.limited_label(default, place);
        limits.refuse_time(self, place);
        if each.is_none() {
            limits.refuse_concurrency(self, place);
        }
        if let Some(fault) = failed.retry.and_then(|policy| policy.fault()) {
            self.build.find(place, fault);
        }
        let each = each.map(|each| Each {
            max_concurrency: limits.max_concurrency,
            ..each
        });
        for body in bodies.iter().filter(|body| !is_pascal_case(&body.name)) {
            let message = format!(
                "`{}` cannot stand in the names of states: PascalCase letters and digits",
                body.name
            );
            self.build.find(body.place, message);
        }
        let name = camel_case(&label.name);
        self.bind(&name, place);
        self.push(Step::Nest(Box::new(Nest {
            label,
            bodies,
            each,
            variable: name.clone(),
            success: None,
            failed,
        })));
        variable(&name, Written::Unknown)
    }

    /// Runs the closure of a branch or an iteration.
    fn body<'x, T: Shape>(
        &self,
        place: Place,
        extra: &[String],
        run: impl FnOnce(&Scope<'x, 's>) -> Then<'x, T>,
    ) -> crate::tree::Block
    where
        's: 'x,
    {
        self.arm_without_retry(place, extra, |inner| {
            *inner.unexpected.borrow_mut() = Some(Rc::new(Unexpected::fails()));
            run(inner)
        })
    }
}
