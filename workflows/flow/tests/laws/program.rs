//! Random workflows, as data.

mod input;
mod policies;
mod values;

use proptest::{collection::vec, prelude::*};

pub(crate) use input::input;
pub(crate) use policies::{Policies, Policy};
pub(crate) use values::{List, MOST, Maybe, Number, Test, Time};
use values::{list, number, test};

/// Steps one after the other, and an end. Each value that is made joins the values that later steps may use.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) steps: Vec<Step>,
    pub(crate) end: End,
}

#[derive(Clone, Debug)]
pub(crate) enum End {
    Value(Number),
    Fail(u8),
    Succeed(Number),
    /// Around the innermost loop; a value where there is none.
    Again(Number),
}

#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Makes the names of the step's state and variable.
    pub(crate) id: usize,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Keep(Number),
    /// A list of these numbers, kept.
    KeepList(Vec<Number>),
    /// A list that is made of others, kept.
    KeepMore(List),
    /// A tuple with lists inside, kept: one of two, of which a test decides, made of a list and a number.
    KeepPair(Test, usize, Number),
    Wait(Number),
    /// Arms for `Declined`, `Locked` (which brings a number) and `Busy`, and how often each is tried before.
    Call(Number, [Block; 3], Policies),
    /// The same by a worker.
    Work(Number, [Block; 3], Policies),
    /// Something without a contract is asked; what a failure leads to.
    Ask(Via, Number, OnFailure),
    /// A stored item is written, changed or removed; what a failure leads to, and a condition that does not hold.
    Write(Write, Number, OnFailure, OnFailure),
    /// A stored item is read: its number, its list, and the limit that it may have.
    Read(Number),
    IfElse(Test, Block, Block),
    IfSome(Block),
    IfSomeElse(Block, Block),
    /// Whether a list (counted from the end) has an item at a place: with that item, or without one.
    IfItem(usize, Number, Block, Block),
    EndIf(Test, u8),
    Loop {
        rounds: u32,
        first: Number,
        body: Block,
        spent: Block,
    },
    /// Two blocks beside each other, a list (counted from the end) and the order's limit.
    Parallel(Box<[Block; 2]>, usize, OnFailure),
    /// A block for each item of a list (counted from the end), one after the other or all at once.
    Map {
        list: usize,
        at_once: bool,
        body: Block,
        failed: OnFailure,
    },
}

/// Who is asked without a contract.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Via {
    Function,
    Execution,
    /// Whoever has the token, who may have to say that they are at it.
    Token {
        beats: bool,
    },
}

/// Seconds for which the holder of a token is waited for, and for a word from them.
pub(crate) const PATIENCE: u32 = 60;
pub(crate) const BEAT: u32 = 20;

/// What is done with a stored item, and whether under a condition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Write {
    pub(crate) verb: Verb,
    pub(crate) condition: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Verb {
    Put,
    Update,
    Delete,
}

/// What the failure of a branch or an iteration leads to.
#[derive(Clone, Debug)]
pub(crate) enum OnFailure {
    /// This number stands in.
    Number(Number),
    /// Nothing stands in.
    Nothing,
    Fail(u8),
}

/// A workflow. Names are given last, so that no two steps share one unless their blocks are the same.
pub(crate) fn program() -> impl Strategy<Value = Block> {
    block().prop_map(|mut block| {
        let mut next = 0;
        number_steps(&mut block, &mut next);
        block
    })
}

fn block() -> BoxedStrategy<Block> {
    let leaf = (vec(step_of(plain_kind()), 0..3), end()).prop_map(|(steps, end)| Block { steps, end });
    leaf.prop_recursive(3, 15, 3, |inner| {
        (vec(step_of(kind(inner)), 1..4), end()).prop_map(|(steps, end)| Block { steps, end })
    })
    .boxed()
}

fn step_of(kind: impl Strategy<Value = Kind>) -> impl Strategy<Value = Step> {
    kind.prop_map(|kind| Step { id: 0, kind })
}

fn plain_kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        1 => number().prop_map(Kind::Keep),
        1 => vec(number(), 0..3).prop_map(Kind::KeepList),
        1 => list().prop_map(Kind::KeepMore),
        // Often, since it takes two of them with a state between.
        3 => (test(), 0..3_usize, number()).prop_map(|(test, list, of)| Kind::KeepPair(test, list, of)),
        1 => number().prop_map(Kind::Wait),
        1 => (test(), 0..3_u8).prop_map(|(test, error)| Kind::EndIf(test, error)),
    ]
}

fn kind(block: impl Strategy<Value = Block> + Clone + 'static) -> impl Strategy<Value = Kind> {
    let same = (number(), block.clone(), policies::policies())
        .prop_map(|(of, arm, policies)| Kind::Call(of, [arm.clone(), arm.clone(), arm], policies));
    let arms = [block.clone(), block.clone(), block.clone()];
    prop_oneof![
        1 => plain_kind(),
        1 => same,
        2 => (number(), arms.clone(), policies::policies()).prop_map(|(of, arms, policies)| Kind::Call(of, arms, policies)),
        1 => (number(), arms, policies::policies()).prop_map(|(of, arms, policies)| Kind::Work(of, arms, policies)),
        1 => (write(), number(), on_failure(), on_failure())
            .prop_map(|(write, of, failed, unmet)| Kind::Write(write, of, failed, unmet)),
        1 => (via(), number(), on_failure()).prop_map(|(via, of, failed)| Kind::Ask(via, of, failed)),
        1 => number().prop_map(Kind::Read),
        1 => (test(), block.clone(), block.clone()).prop_map(|(test, a, b)| Kind::IfElse(test, a, b)),
        1 => block.clone().prop_map(Kind::IfSome),
        1 => (block.clone(), block.clone()).prop_map(|(a, b)| Kind::IfSomeElse(a, b)),
        1 => (0..3_usize, number(), block.clone(), block.clone())
            .prop_map(|(list, at, some, none)| Kind::IfItem(list, at, some, none)),
        1 => ([block.clone(), block.clone()], 0..3_usize, on_failure())
            .prop_map(|(blocks, list, failed)| Kind::Parallel(Box::new(blocks), list, failed)),
        2 => (0..3_usize, any::<bool>(), block.clone(), on_failure())
            .prop_map(|(list, at_once, body, failed)| Kind::Map { list, at_once, body, failed }),
        2 => (1..4_u32, number(), block.clone(), block)
            .prop_map(|(rounds, first, body, spent)| Kind::Loop { rounds, first, body, spent }),
    ]
}

fn via() -> impl Strategy<Value = Via> {
    prop_oneof![
        Just(Via::Function),
        Just(Via::Execution),
        any::<bool>().prop_map(|beats| Via::Token { beats })
    ]
}

fn write() -> impl Strategy<Value = Write> {
    let verb = prop_oneof![Just(Verb::Put), Just(Verb::Update), Just(Verb::Delete)];
    (verb, any::<bool>()).prop_map(|(verb, condition)| Write { verb, condition })
}

fn on_failure() -> impl Strategy<Value = OnFailure> {
    prop_oneof![
        number().prop_map(OnFailure::Number),
        Just(OnFailure::Nothing),
        (0..3_u8).prop_map(OnFailure::Fail),
    ]
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        4 => number().prop_map(End::Value),
        1 => (0..3_u8).prop_map(End::Fail),
        1 => number().prop_map(End::Succeed),
        2 => number().prop_map(End::Again),
    ]
}

fn number_steps(block: &mut Block, next: &mut usize) {
    for step in &mut block.steps {
        step.id = *next;
        *next += 1;
        match &mut step.kind {
            Kind::Keep(_)
            | Kind::KeepList(_)
            | Kind::KeepMore(_)
            | Kind::KeepPair(..)
            | Kind::Wait(_)
            | Kind::EndIf(..)
            | Kind::Ask(..)
            | Kind::Read(_)
            | Kind::Write(..) => {}
            Kind::Call(_, arms, _) | Kind::Work(_, arms, _) => {
                let before = *next;
                let alike = format!("{:?}", arms[0]) == format!("{:?}", arms[1]);
                for arm in arms {
                    // Arms that are the same keep the same names: they have to become one piece of graph.
                    *next = if alike { before } else { *next };
                    number_steps(arm, next);
                }
            }
            Kind::IfSome(block) | Kind::Map { body: block, .. } => number_steps(block, next),
            Kind::Parallel(blocks, ..) => blocks.iter_mut().for_each(|block| number_steps(block, next)),
            Kind::IfElse(_, a, b)
            | Kind::IfSomeElse(a, b)
            | Kind::IfItem(_, _, a, b)
            | Kind::Loop { body: a, spent: b, .. } => {
                number_steps(a, next);
                number_steps(b, next);
            }
        }
    }
}
