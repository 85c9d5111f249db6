//! Values that random workflows make of others. Those made before are counted from the end.

use proptest::{collection::vec, prelude::*};

use super::input::SPELLINGS;

/// A number: a constant, a value made before, or one calculated from it.
#[derive(Clone, Debug)]
pub(crate) enum Number {
    Constant(u32),
    Made(usize),
    Plus(usize, u32),
    Larger(usize, usize),
    /// The numbers of a list, added up.
    Sum(usize),
    /// How many numbers a list holds.
    Count(usize),
    /// What stands in a list at a place that was made, or this.
    At(usize, usize, u32),
    /// What is left of the first when the second is taken away, or nothing.
    Left(usize, usize),
    /// The same, where the difference becomes what it was taken from.
    Difference(usize, u32),
    /// How often the second is in the first; this, if it is 0.
    Quotient(usize, usize, u32),
    /// A half, rounded up or down.
    Half(usize, bool),
    /// A number that may not be there, or this.
    Or(Maybe, u32),
}

/// A number that may not be there.
#[derive(Clone, Debug)]
pub(crate) enum Maybe {
    Made(usize),
    /// What stands in a list at a place that was made.
    Item(usize, usize),
    /// What is left of the first when the second is taken away, if that is possible.
    Left(usize, usize),
    Some(usize),
    Nothing,
}

/// A time that may not be there.
#[derive(Clone, Debug)]
pub(crate) enum Time {
    Made(usize),
    Said(&'static str),
    Nothing,
}

/// What is true or not. Two values are the same, or differ.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    /// Whether a number lies below another one.
    Below(Number, u32),
    Same(Maybe, Maybe, bool),
    SameTime(usize, Time, bool),
    /// The list that may be absent, and one that is there.
    SameExtra(usize, bool),
}

/// A list that is made of others.
#[derive(Clone, Debug)]
pub(crate) enum List {
    /// One of several, by its place among them.
    Picked(Vec<usize>, usize),
    /// One of two, by a test.
    Chosen(Test, usize, usize),
}

/// The largest number: what is calculated is cut there.
pub(crate) const MOST: u32 = 40;

pub(crate) fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        (0..6_u32).prop_map(Number::Constant),
        (0..6_usize).prop_map(Number::Made),
        (0..6_usize, 0..6_u32).prop_map(|(of, more)| Number::Plus(of, more)),
        (0..6_usize, 0..6_usize).prop_map(|(a, b)| Number::Larger(a, b)),
        (0..3_usize).prop_map(Number::Sum),
        (0..3_usize).prop_map(Number::Count),
        (0..3_usize, 0..6_usize, 0..6_u32).prop_map(|(list, at, or)| Number::At(list, at, or)),
        (0..6_usize, 0..6_usize).prop_map(|(a, b)| Number::Left(a, b)),
        (0..6_usize, 0..6_u32).prop_map(|(of, less)| Number::Difference(of, less)),
        (0..6_usize, 0..6_usize, 0..6_u32).prop_map(|(a, b, or)| Number::Quotient(a, b, or)),
        (0..6_usize, any::<bool>()).prop_map(|(of, up)| Number::Half(of, up)),
        (maybe(), 0..6_u32).prop_map(|(of, or)| Number::Or(of, or)),
    ]
}

fn maybe() -> impl Strategy<Value = Maybe> {
    prop_oneof![
        3 => (0..3_usize).prop_map(Maybe::Made),
        1 => (0..3_usize, 0..6_usize).prop_map(|(list, at)| Maybe::Item(list, at)),
        1 => (0..6_usize, 0..6_usize).prop_map(|(a, b)| Maybe::Left(a, b)),
        1 => (0..6_usize).prop_map(Maybe::Some),
        1 => Just(Maybe::Nothing),
    ]
}

pub(crate) fn test() -> impl Strategy<Value = Test> {
    let time = prop_oneof![
        2 => (0..2_usize).prop_map(Time::Made),
        2 => (0..SPELLINGS.len()).prop_map(|at| Time::Said(SPELLINGS[at])),
        1 => Just(Time::Nothing),
    ];
    prop_oneof![
        3 => (number(), 0..10_u32).prop_map(|(number, bound)| Test::Below(number, bound)),
        2 => (maybe(), maybe(), any::<bool>()).prop_map(|(a, b, differ)| Test::Same(a, b, differ)),
        1 => (0..2_usize, time, any::<bool>()).prop_map(|(a, b, differ)| Test::SameTime(a, b, differ)),
        1 => (0..3_usize, any::<bool>()).prop_map(|(list, differ)| Test::SameExtra(list, differ)),
    ]
}

pub(crate) fn list() -> impl Strategy<Value = List> {
    prop_oneof![
        (vec(0..3_usize, 1..4), 0..6_usize).prop_map(|(lists, at)| List::Picked(lists, at)),
        (test(), 0..3_usize, 0..3_usize).prop_map(|(test, a, b)| List::Chosen(test, a, b)),
    ]
}
