//! The program as its author would write it.

mod calls;
mod items;
mod nests;
mod values;

use expr::{Expr, Is, Never, Node, Shape};
use flow::{Failure, Round, Scope, Then, Workflow, value, workflow};

use crate::{
    contracts::{Order, Outcome, OutcomeExpr},
    program::{Block, End, Kind, Step},
};
use calls::{ask, call, work};
use items::{read, write};
use nests::{map, parallel};
use values::{Made, number, test};

pub(crate) fn build(program: &Block) -> Workflow {
    workflow::<Order, Outcome>("random", broken, |w, order| {
        // A first state of its own: what a program keeps at once would need one anyway.
        w.named("First").wait(1);
        let made = Made::given(&order);
        let around = Around {
            round: None::<&Round<'_, u32>>,
            nested: false,
        };
        let (end, made) = block(w, program, &order, made, around);
        match end {
            Ended::Number(number) => value(outcome(number, &order, &made)),
            Ended::Otherwise(then) => then,
        }
    })
}

fn broken<'s>(w: &Scope<'s, '_>, _: &Expr<'s, Order>, _: &Failure<'s>) -> Then<'s, Never> {
    w.named("Broken").fail("Broken")
}

/// What is around a block: a loop, and whether it is a branch or an iteration.
#[derive(Clone, Copy)]
struct Around<'a, 'r> {
    round: Option<&'a Round<'r, u32>>,
    nested: bool,
}

/// Within branches and iterations.
const NESTED: Around<'static, 'static> = Around {
    round: None,
    nested: true,
};

enum Ended<'s, T: Shape> {
    Number(Expr<'s, u32>),
    Otherwise(Then<'s, T>),
}

fn outcome<'s>(number: Expr<'s, u32>, order: &Expr<'_, Order>, made: &Made<'s>) -> impl Is<'s, Outcome> {
    OutcomeExpr {
        pair: (made.extra().clone(), number.clone()),
        number,
        list: made.list(0).clone(),
        limit: Expr::<Option<u32>>::from_node(order.limit.node().clone()),
    }
}

fn arm<'s, 'o: 's, 'a, 'r: 's>(
    w: &Scope<'s, '_>,
    of: &Block,
    order: &Expr<'o, Order>,
    made: Made<'s>,
    around: Around<'a, 'r>,
) -> Then<'s, u32> {
    match block(w, of, order, made, around).0 {
        Ended::Number(number) => value(number),
        Ended::Otherwise(then) => then,
    }
}

fn block<'s, 'o: 's, 'a, 'r: 's, T: Shape>(
    w: &Scope<'s, '_>,
    of: &Block,
    order: &Expr<'o, Order>,
    mut made: Made<'s>,
    around: Around<'a, 'r>,
) -> (Ended<'s, T>, Made<'s>) {
    for of in &of.steps {
        let new = step(w, of, order, &made, around);
        made.numbers.extend(new.numbers);
        made.lists.extend(new.lists);
        made.tuple = new.tuple.or(made.tuple);
    }
    let ended = match (&of.end, around.round) {
        (End::Again(of), Some(round)) => Ended::Otherwise(round.again(number(of, &made))),
        (End::Succeed(of), _) if !around.nested => {
            let early = w.keep("early", number(of, &made));
            let list = w.keep::<Vec<u32>>("earlyList", made.list(0));
            let seen = Made {
                lists: vec![list],
                ..made.inner()
            };
            Ended::Otherwise(w.named("Early").succeed(outcome(early, order, &seen)))
        }
        (End::Value(of) | End::Again(of) | End::Succeed(of), _) => Ended::Number(number(of, &made)),
        (End::Fail(error), _) => Ended::Otherwise(fail(w, *error)),
    };
    (ended, made)
}

fn fail<'s, T: Shape>(w: &Scope<'s, '_>, error: u8) -> Then<'s, T> {
    w.named(&format!("Fail{error}")).fail(&format!("E{error}"))
}

/// Writes a step; the values that it makes.
fn step<'s, 'o: 's, 'a, 'r: 's>(
    w: &Scope<'s, '_>,
    step: &Step,
    order: &Expr<'o, Order>,
    made: &Made<'s>,
    around: Around<'a, 'r>,
) -> Made<'s> {
    let id = step.id;
    if let Kind::Keep(of) = &step.kind {
        return Made::of(w.keep(&format!("kept{id}"), number(of, made)));
    }
    if let Kind::KeepList(of) = &step.kind {
        let numbers = of.iter().map(|of| number(of, made).settled()).collect();
        let list = Expr::<Vec<u32>>::from_node(Node::List(numbers).into());
        return Made::of_lists(vec![w.keep(&format!("kept{id}"), list)]);
    }
    if let Kind::KeepMore(of) = &step.kind {
        let list = w.keep::<Vec<u32>>(&format!("kept{id}"), values::list(of, made));
        return Made::of_lists(vec![list]);
    }
    if let Kind::KeepPair(test, list, of) = &step.kind {
        return values::pair(w, &format!("kept{id}"), test, *list, &number(of, made), made);
    }
    let w = w.named(&format!("Step{id}"));
    Made::of(match &step.kind {
        Kind::Wait(of) => {
            w.wait(number(of, made));
            return Made::default();
        }
        Kind::EndIf(condition, error) => {
            w.end_if(test(condition, made), |w| fail(w, *error));
            return Made::default();
        }
        Kind::Parallel(blocks, list, failed) => return parallel(w, id, blocks, *list, failed, order, made),
        Kind::Map {
            list,
            at_once,
            body,
            failed,
        } => return map(w, id, (*list, *at_once), body, failed, order, made),
        Kind::Keep(_) | Kind::KeepList(_) | Kind::KeepMore(_) | Kind::KeepPair(..) => return Made::default(),
        Kind::Write(how, of, failed, unmet) => {
            write(w, id, *how, &number(of, made), [failed, unmet], order, made);
            return Made::default();
        }
        Kind::Call(of, arms, policies) => call(w, id, number(of, made), (arms, policies), order, made, around),
        Kind::Work(of, arms, policies) => work(w, id, number(of, made), (arms, policies), order, made, around),
        Kind::Ask(via, of, failed) => ask(w, id, *via, &number(of, made), failed, made),
        Kind::Read(of) => return read(w, id, number(of, made)),
        Kind::IfElse(condition, a, b) => w.if_else(
            test(condition, made),
            |w| arm(w, a, order, made.inner(), around),
            |w| arm(w, b, order, made.inner(), around),
        ),
        Kind::IfSome(some) => w.if_some_else(
            &order.limit,
            |w, limit| arm(w, some, order, made.and(limit), around),
            |_| value(0),
        ),
        Kind::IfSomeElse(a, b) => w.if_some_else(
            &order.limit,
            |w, limit| arm(w, a, order, made.and(limit), around),
            |w| arm(w, b, order, made.inner(), around),
        ),
        Kind::IfItem(list, at, some, none) => w.if_none_else(
            &made.list(*list).get(number(at, made)),
            |w| arm(w, none, order, made.inner(), around),
            |w, item| arm(w, some, order, made.and(item), around),
        ),
        Kind::Loop {
            rounds,
            first,
            body,
            spent,
        } => w.repeat_with::<u32, u32>(
            *rounds,
            &format!("carried{id}"),
            number(first, made),
            |w, round| {
                let made = made.and(round.number.clone()).and(round.carried.clone());
                let inside = Around {
                    round: Some(&round),
                    nested: around.nested,
                };
                arm(w, body, order, made, inside)
            },
            |w, carried| arm(w, spent, order, made.and(carried), around),
        ),
    })
}
