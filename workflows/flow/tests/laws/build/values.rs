//! Values, as their author would write them.

use std::rc::Rc;

use expr::{Expr, Is, Node, Nothing, choose, constant};
use flow::Scope;
use jiff::Timestamp;

use crate::{
    contracts::Order,
    program::{List, MOST, Maybe, Number, Test, Time},
};

type Inner = (Vec<u32>, u32);
type Pair = (Option<Vec<u32>>, Inner);
type Numbers<'s> = Expr<'s, Vec<u32>>;

/// The values that were made so far.
#[derive(Clone, Default)]
pub(super) struct Made<'s> {
    pub(super) numbers: Vec<Expr<'s, u32>>,
    pub(super) lists: Vec<Numbers<'s>>,
    pub(super) maybes: Vec<Expr<'s, Option<u32>>>,
    pub(super) times: Vec<Expr<'s, Option<Timestamp>>>,
    pub(super) extra: Option<Expr<'s, Option<Vec<u32>>>>,
    /// The last tuple.
    pub(super) tuple: Option<Expr<'s, Inner>>,
}

impl<'s> Made<'s> {
    /// What a workflow is given.
    pub(super) fn given(order: &Expr<'s, Order>) -> Self {
        let settings = &order.settings;
        Self {
            numbers: vec![
                settings.rounds.clone(),
                settings.pause.seconds.clone(),
                order.cents.clone(),
                order.copies.clone(),
            ],
            lists: vec![order.lines.clone(), order.extra.or([] as [u32; 0])],
            maybes: vec![settings.pause.limit.clone(), order.limit.clone()],
            times: vec![order.at.clone(), order.due.clone()],
            extra: Some(order.extra.clone()),
            tuple: None,
        }
    }

    pub(super) fn of(number: Expr<'s, u32>) -> Self {
        Self {
            numbers: vec![number],
            ..Self::default()
        }
    }

    pub(super) fn of_lists(lists: Vec<Numbers<'s>>) -> Self {
        Self {
            lists,
            ..Self::default()
        }
    }

    /// The same values as they are seen inside.
    pub(super) fn inner<'x>(&self) -> Made<'x>
    where
        's: 'x,
    {
        Made {
            numbers: self.numbers.iter().map(Is::expr).collect(),
            lists: self.lists.iter().map(Is::expr).collect(),
            maybes: self.maybes.iter().map(Is::expr).collect(),
            times: self.times.iter().map(Is::expr).collect(),
            extra: self.extra.as_ref().map(Is::expr),
            tuple: self.tuple.as_ref().map(Is::expr),
        }
    }

    /// The same values as they are seen inside, and one more.
    pub(super) fn and<'x>(&self, more: Expr<'x, u32>) -> Made<'x>
    where
        's: 'x,
    {
        let mut made = self.inner();
        made.numbers.push(more);
        made
    }

    pub(super) fn list(&self, back: usize) -> &Numbers<'s> {
        &self.lists[self.lists.len() - 1 - back % self.lists.len()]
    }

    pub(super) fn extra(&self) -> &Expr<'s, Option<Vec<u32>>> {
        self.extra.as_ref().expect("it is given")
    }

    fn pick(&self, back: usize) -> &Expr<'s, u32> {
        &self.numbers[self.numbers.len() - 1 - back % self.numbers.len()]
    }
}

pub(super) fn number<'s>(of: &Number, made: &Made<'s>) -> Expr<'s, u32> {
    let pick = |back: &usize| made.pick(*back);
    match of {
        Number::Constant(number) => constant(*number),
        Number::Made(back) => pick(back).clone(),
        Number::Plus(back, more) => (pick(back) + *more).min(MOST),
        Number::Larger(a, b) => pick(a).max(pick(b)),
        Number::Sum(back) => made.list(*back).sum().min(MOST),
        Number::Count(back) => made.list(*back).count(),
        Number::At(list, at, or) => made.list(*list).get(pick(at)).or(*or),
        Number::Left(a, b) => pick(a).saturating_sub(pick(b)),
        Number::Difference(of, less) => (pick(of) - *less).saturating_into(),
        Number::Quotient(a, b, or) => pick(a).checked_div(pick(b)).or(*or),
        Number::Half(of, up) => {
            let half = pick(of) / 2;
            if *up { half.ceil() } else { half.floor() }.saturating_into()
        }
        Number::Or(of, or) => maybe(of, made).or(*or),
    }
}

fn maybe<'s>(of: &Maybe, made: &Made<'s>) -> Expr<'s, Option<u32>> {
    match of {
        Maybe::Made(back) => made.maybes[back % made.maybes.len()].clone(),
        Maybe::Item(list, at) => made.list(*list).get(made.pick(*at)),
        Maybe::Left(a, b) => made.pick(*a).checked_sub(made.pick(*b)),
        Maybe::Some(back) => made.pick(*back).expr(),
        Maybe::Nothing => Nothing.expr(),
    }
}

pub(super) fn test<'s>(of: &Test, made: &Made<'s>) -> Expr<'s, bool> {
    match of {
        Test::Below(of, bound) => number(of, made).less_than(*bound),
        Test::Same(a, b, false) => maybe(a, made).equals(maybe(b, made)),
        Test::Same(a, b, true) => maybe(a, made).differs_from(maybe(b, made)),
        Test::SameTime(a, b, differ) => {
            let time = |back: &usize| made.times[back % made.times.len()].clone();
            let other: Expr<'s, Option<Timestamp>> = match b {
                Time::Made(back) => time(back),
                // As somebody else wrote it: a literal is always written alike.
                Time::Said(text) => Expr::from_node(Rc::new(Node::Literal((*text).into()))),
                Time::Nothing => Nothing.expr(),
            };
            if *differ {
                time(a).differs_from(other)
            } else {
                time(a).equals(other)
            }
        }
        Test::SameExtra(list, false) => made.extra().equals(made.list(*list)),
        Test::SameExtra(list, true) => made.extra().differs_from(made.list(*list)),
    }
}

pub(super) fn list<'s>(of: &List, made: &Made<'s>) -> Numbers<'s> {
    match of {
        List::Picked(lists, at) => {
            let lists = lists.iter().map(|back| made.list(*back).settled()).collect();
            let lists = Expr::<Vec<Vec<u32>>>::from_node(Node::List(lists).into());
            lists.get(made.pick(*at)).or([9])
        }
        List::Chosen(of, a, b) => choose(test(of, made), made.list(*a), made.list(*b)),
    }
}

/// A tuple with lists inside, kept and taken apart.
pub(super) fn pair<'s>(
    w: &Scope<'s, '_>,
    name: &str,
    of: &Test,
    back: usize,
    number: &Expr<'s, u32>,
    made: &Made<'s>,
) -> Made<'s> {
    let list = made.list(back);
    let holds = test(of, made);
    let inner: Expr<'s, Inner> = choose(&holds, (list, number), ([number], 1));
    let inner = w.keep::<Inner>(&format!("{name}Inner"), inner);
    let before = made.tuple.as_ref().unwrap_or(&inner);
    let pair: Expr<'s, Pair> = choose(holds, (made.extra(), before), (list, &inner));
    let pair = w.keep::<Pair>(name, pair);
    Made {
        numbers: vec![pair.1.1.clone()],
        lists: vec![pair.0.or([8]), pair.1.0.clone()],
        tuple: Some(pair.1.clone()),
        ..Made::default()
    }
}
