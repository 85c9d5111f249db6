//! The program as its author would write it.

use expr::{Activity, ActivityError, Expr, Is, Never, Shape, constant};
use flow::{Failure, Round, Scope, Then, Workflow, value, workflow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::program::{Block, End, Kind, MOST, Number, Step, Test};

#[derive(Serialize, Deserialize, JsonSchema, Shape)]
struct Order {
    cents: u32,
    #[serde(default = "one")]
    copies: u32,
    limit: Option<u32>,
}

fn one() -> u32 {
    1
}

struct Compute;

impl Activity for Compute {
    const NAME: &'static str = "Compute";
    type Input = Question;
    type Output = Answer;
    type Error = ComputeFault;
}

#[derive(Serialize, Deserialize, Shape)]
struct Question {
    step: u32,
    number: u32,
}

#[derive(Serialize, Deserialize, Shape)]
struct Answer {
    number: u32,
}

#[derive(Debug, Serialize, Deserialize, thiserror::Error, ActivityError)]
#[activity(Compute)]
enum ComputeFault {
    #[error("declined")]
    #[error_name("Compute.Declined")]
    Declined,
    #[error("locked")]
    #[error_name("Compute.Locked")]
    Locked { number: u32 },
    #[error("busy")]
    #[error_name("Compute.Busy")]
    Busy,
}

pub(crate) fn build(program: &Block) -> Workflow {
    workflow::<Order, u32>("random", broken, |w, order| {
        // A first state of its own: what a program keeps at once would need one anyway.
        w.named("First").wait(1);
        let made = vec![order.cents.clone(), order.copies.clone()];
        block(w, program, &order, made, None::<&Round<'_, u32>>)
    })
}

fn broken<'s>(w: &Scope<'s, '_>, _: &Expr<'s, Order>, _: &Failure<'s>) -> Then<'s, Never> {
    w.named("Broken").fail("Broken")
}

type Made<'s> = Vec<Expr<'s, u32>>;

fn block<'s, 'o: 's, 'r: 's>(
    w: &Scope<'s, '_>,
    of: &Block,
    order: &Expr<'o, Order>,
    mut made: Made<'s>,
    round: Option<&Round<'r, u32>>,
) -> Then<'s, u32> {
    for of in &of.steps {
        made.extend(step(w, of, order, &made, round));
    }
    match (&of.end, round) {
        (End::Value(of), _) | (End::Again(of), None) => value(number(of, &made)),
        (End::Fail(error), _) => w.named(&format!("Fail{error}")).fail(&format!("E{error}")),
        (End::Succeed(of), _) => {
            let output = w.keep("early", number(of, &made));
            w.named("Early").succeed::<u32, u32>(output)
        }
        (End::Again(of), Some(round)) => round.again(number(of, &made)),
    }
}

/// Writes a step; the value that it makes, if it makes one.
fn step<'s, 'o: 's, 'r: 's>(
    w: &Scope<'s, '_>,
    step: &Step,
    order: &Expr<'o, Order>,
    made: &Made<'s>,
    round: Option<&Round<'r, u32>>,
) -> Option<Expr<'s, u32>> {
    if let Kind::Keep(of) = &step.kind {
        return Some(w.keep(&format!("kept{}", step.id), number(of, made)));
    }
    let w = w.named(&format!("Step{}", step.id));
    match &step.kind {
        Kind::Keep(_) => None,
        Kind::Wait(of) => {
            w.wait(number(of, made));
            None
        }
        Kind::EndIf(condition, error) => {
            let name = format!("Fail{error}");
            w.end_if(test(condition, made), |w| w.named(&name).fail(&format!("E{error}")));
            None
        }
        Kind::Call(of, arms) => Some(call(w, step.id, number(of, made), arms, order, made, round)),
        Kind::IfElse(condition, a, b) => Some(w.if_else(
            test(condition, made),
            |w| block(w, a, order, inner(made), round),
            |w| block(w, b, order, inner(made), round),
        )),
        Kind::IfSome(some) => Some(w.if_some_else(
            &order.limit,
            |w, limit| block(w, some, order, and(made, limit), round),
            |_| value(0),
        )),
        Kind::IfSomeElse(a, b) => Some(w.if_some_else(
            &order.limit,
            |w, limit| block(w, a, order, and(made, limit), round),
            |w| block(w, b, order, inner(made), round),
        )),
        Kind::Loop {
            rounds,
            first,
            body,
            spent,
        } => Some(w.repeat_with::<u32, u32>(
            *rounds,
            &format!("carried{}", step.id),
            number(first, made),
            |w, round| {
                let made = and(&and(made, round.number.clone()), round.carried.clone());
                block(w, body, order, made, Some(&round))
            },
            |w, carried| block(w, spent, order, and(made, carried), round),
        )),
    }
}

fn call<'s, 'o: 's, 'r: 's>(
    w: &Scope<'s, '_>,
    id: usize,
    number: Expr<'s, u32>,
    [declined, locked, busy]: &[Block; 3],
    order: &Expr<'o, Order>,
    made: &Made<'s>,
    round: Option<&Round<'r, u32>>,
) -> Expr<'s, u32> {
    let step = u32::try_from(id).unwrap();
    // Arms that are to become one piece of graph must see the same values as well.
    let alike = format!("{declined:?}") == format!("{locked:?}");
    w.call_then(
        Compute,
        QuestionExpr { step, number },
        |_, answer| value(&answer.number),
        |w, error| match error {
            ComputeError::Declined => block(w, declined, order, inner(made), round),
            ComputeError::Locked { .. } if alike => block(w, locked, order, inner(made), round),
            ComputeError::Locked { number } => block(w, locked, order, and(made, number), round),
            ComputeError::Busy => block(w, busy, order, inner(made), round),
        },
    )
}

/// The values made outside and one more.
fn and<'x, 's: 'x>(made: &Made<'s>, more: Expr<'x, u32>) -> Made<'x> {
    inner(made).into_iter().chain([more]).collect()
}

/// The values made outside, as they are seen inside.
fn inner<'x, 's: 'x>(made: &Made<'s>) -> Made<'x> {
    made.iter().map(Is::expr).collect()
}

fn number<'s>(of: &Number, made: &Made<'s>) -> Expr<'s, u32> {
    let pick = |back: &usize| &made[made.len() - 1 - back % made.len()];
    match of {
        Number::Constant(number) => constant(*number),
        Number::Made(back) => pick(back).clone(),
        Number::Plus(back, more) => (pick(back) + *more).min(MOST),
        Number::Larger(a, b) => pick(a).max(pick(b)),
    }
}

fn test<'s>(Test(of, bound): &Test, made: &Made<'s>) -> Expr<'s, bool> {
    number(of, made).less_than(*bound)
}
