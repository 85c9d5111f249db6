//! The program as its author would write it.

use expr::{Expr, Is, Never, Node, Nothing, Shape, constant, execution_name, retry_count};
use flow::{Failure, Retry, Round, Scope, Then, Through, Unwritten, Workflow, item, value, workflow};

use crate::{
    contracts::{
        Compute, ComputeError, CountedQuestionExpr, Order, Outcome, OutcomeExpr, Question, QuestionExpr, Stored,
        StoredExpr, StoredKey, StoredKeyExpr, TokenQuestion, TokenQuestionExpr, Work,
    },
    program::{
        BEAT, Block, End, Kind, MOST, Number, OnFailure, PATIENCE, Policies, Policy, Step, Test, Verb, Via, Write,
    },
};

pub(crate) fn build(program: &Block) -> Workflow {
    workflow::<Order, Outcome>("random", broken, |w, order| {
        // A first state of its own: what a program keeps at once would need one anyway.
        w.named("First").wait(1);
        let made = Made {
            numbers: vec![order.cents.clone(), order.copies.clone()],
            lists: vec![order.lines.clone(), order.extra.or([] as [u32; 0])],
        };
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

/// The values that were made so far.
#[derive(Clone, Default)]
struct Made<'s> {
    numbers: Vec<Expr<'s, u32>>,
    lists: Vec<Expr<'s, Vec<u32>>>,
}

impl<'s> Made<'s> {
    fn of(number: Expr<'s, u32>) -> Self {
        Self {
            numbers: vec![number],
            lists: Vec::new(),
        }
    }

    /// The same values as they are seen inside.
    fn inner<'x>(&self) -> Made<'x>
    where
        's: 'x,
    {
        Made {
            numbers: self.numbers.iter().map(Is::expr).collect(),
            lists: self.lists.iter().map(Is::expr).collect(),
        }
    }

    /// The same values as they are seen inside, and one more.
    fn and<'x>(&self, more: Expr<'x, u32>) -> Made<'x>
    where
        's: 'x,
    {
        let mut made = self.inner();
        made.numbers.push(more);
        made
    }

    fn list(&self, back: usize) -> &Expr<'s, Vec<u32>> {
        &self.lists[self.lists.len() - 1 - back % self.lists.len()]
    }
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
    }
    let ended = match (&of.end, around.round) {
        (End::Again(of), Some(round)) => Ended::Otherwise(round.again(number(of, &made))),
        (End::Succeed(of), _) if !around.nested => {
            let early = w.keep("early", number(of, &made));
            let list = w.keep::<Vec<u32>>("earlyList", made.list(0));
            let seen = Made {
                numbers: Vec::new(),
                lists: vec![list],
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
        return Made {
            numbers: Vec::new(),
            lists: vec![w.keep(&format!("kept{id}"), list)],
        };
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
        Kind::Keep(_) | Kind::KeepList(_) => return Made::default(),
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

fn ask<'s>(
    w: &Scope<'s, '_>,
    id: usize,
    via: Via,
    number: &Expr<'s, u32>,
    failed: &OnFailure,
    made: &Made<'s>,
) -> Expr<'s, u32> {
    let step = u32::try_from(id).unwrap();
    let question = QuestionExpr { step, number };
    match via {
        Via::Function => w.lambda_invoke::<Question, u32>("Ask", question, |w, _| instead(w, failed, made)),
        Via::Execution => {
            w.run_execution::<Question, u32>("Ask", 60, execution_name(), question, |w, _| instead(w, failed, made))
        }
        Via::Token { beats } => {
            let w = if beats { w.heartbeat(BEAT) } else { w };
            w.wait_for_token::<u32, TokenQuestion>(
                PATIENCE,
                Through::Queue("Ask"),
                |token| TokenQuestionExpr { token, step, number }.expr(),
                |w, _| instead(w, failed, made),
            )
        }
    }
}

fn instead<'x, 's: 'x>(w: &Scope<'x, '_>, failed: &OnFailure, made: &Made<'s>) -> Then<'x, u32> {
    match failed {
        OnFailure::Number(of) => value(number(of, made)),
        OnFailure::Nothing => value(0),
        OnFailure::Fail(error) => fail(w, *error),
    }
}

fn read<'s>(w: &Scope<'s, '_>, id: usize, number: Expr<'s, u32>) -> Made<'s> {
    let step = u32::try_from(id).unwrap();
    let key = StoredKeyExpr { step, asked: number };
    let stored = w.dynamodb_get_item::<Stored, StoredKey>("Numbers", key, |w, _| w.fail("never"));
    let stored = stored.or(StoredExpr {
        number: 3,
        list: [3],
        limit: 3,
    });
    let stored = w.keep::<Stored>(&format!("stored{id}"), stored);
    Made {
        numbers: vec![stored.number.clone(), stored.limit.or(8)],
        lists: vec![stored.list.clone()],
    }
}

/// Everything that is written, compared or changed adds up to what the call is known by.
fn write<'s>(
    w: &Scope<'s, '_>,
    id: usize,
    how: Write,
    number: &Expr<'s, u32>,
    [failed, unmet]: [&OnFailure; 2],
    order: &Expr<'_, Order>,
    made: &Made<'s>,
) {
    let table = format!("Numbers{id}");
    let key = StoredKeyExpr {
        step: u32::try_from(id).unwrap(),
        asked: number,
    };
    let stored = StoredExpr {
        number,
        list: made.list(0),
        limit: Expr::<Option<u32>>::from_node(order.limit.node().clone()),
    };
    let condition = |stored: &Expr<'_, u32>| item::less_than(stored, 5);
    match (how.verb, how.condition) {
        (Verb::Put, false) => w.dynamodb_put_item::<Stored>(&table, stored, |w, _| done(w, failed)),
        (Verb::Put, true) => w.dynamodb_put_item_if::<Stored>(
            &table,
            stored,
            |stored| condition(&stored.number),
            |w, why| unwritten(w, &why, failed, unmet),
        ),
        (Verb::Update, false) => w.dynamodb_update_item::<Stored, StoredKey, _>(
            &table,
            key,
            |stored| [item::set(&stored.limit, number), item::add(&stored.number, 1)],
            |w, _| done(w, failed),
        ),
        (Verb::Update, true) => w.dynamodb_update_item_if::<Stored, StoredKey, _>(
            &table,
            key,
            |stored| [item::set(&stored.limit, number), item::add(&stored.number, 1)],
            |stored| condition(&stored.number),
            |w, why| unwritten(w, &why, failed, unmet),
        ),
        (Verb::Delete, false) => w.dynamodb_delete_item::<StoredKey>(&table, key, |w, _| done(w, failed)),
        (Verb::Delete, true) => w.dynamodb_delete_item_if::<Stored, StoredKey>(
            &table,
            key,
            |stored| condition(&stored.number),
            |w, why| unwritten(w, &why, failed, unmet),
        ),
    }
}

fn unwritten<'x>(w: &Scope<'x, '_>, why: &Unwritten<'x>, failed: &OnFailure, unmet: &OnFailure) -> Then<'x, ()> {
    match why {
        Unwritten::ConditionFailed => done(w, unmet),
        Unwritten::Failed(_) => done(w, failed),
    }
}

fn done<'x>(w: &Scope<'x, '_>, failed: &OnFailure) -> Then<'x, ()> {
    match failed {
        OnFailure::Fail(error) => fail(w, *error),
        OnFailure::Number(_) | OnFailure::Nothing => value(()),
    }
}

/// What follows an error once it has been tried again as often as its policy says.
fn after(policy: Option<Policy>, then: Then<'_, u32>) -> Then<'_, u32> {
    let Some(policy) = policy else { return then };
    let mut retry = Retry::times(policy.times)
        .interval(policy.interval)
        .backoff(if policy.doubles { 2.0 } else { 1.0 })
        .without_jitter();
    if let Some(longest) = policy.longest {
        retry = retry.max_delay(longest);
    }
    if policy.separately {
        retry = retry.separately();
    }
    retry.then(then)
}

fn work<'s, 'o: 's, 'a, 'r: 's>(
    w: &Scope<'s, '_>,
    id: usize,
    number: Expr<'s, u32>,
    ([declined, locked, busy], policies): (&[Block; 3], &Policies),
    order: &Expr<'o, Order>,
    made: &Made<'s>,
    around: Around<'a, 'r>,
) -> Expr<'s, u32> {
    let step = u32::try_from(id).unwrap();
    let alike = format!("{declined:?}") == format!("{locked:?}");
    let attempt = retry_count();
    let [on_declined, on_locked, on_busy] = *policies;
    w.activity_worker(
        Work,
        CountedQuestionExpr { step, number, attempt },
        |w, error| match error {
            ComputeError::Declined => after(on_declined, arm(w, declined, order, made.inner(), around)),
            ComputeError::Locked { .. } if alike => after(on_locked, arm(w, locked, order, made.inner(), around)),
            ComputeError::Locked { number } => after(on_locked, arm(w, locked, order, made.and(number), around)),
            ComputeError::Busy => after(on_busy, arm(w, busy, order, made.inner(), around)),
        },
    )
}

fn parallel<'s, 'o: 's>(
    w: &Scope<'s, '_>,
    id: usize,
    [left, right]: &[Block; 2],
    list: usize,
    failed: &OnFailure,
    order: &Expr<'o, Order>,
    made: &Made<'s>,
) -> Made<'s> {
    let branches = (
        w.branch(&format!("Left{id}"), |w| arm(w, left, order, made.inner(), NESTED)),
        w.branch(&format!("Right{id}"), |w| arm(w, right, order, made.inner(), NESTED)),
        w.branch(&format!("Echo{id}"), |_| value::<Vec<u32>>(made.list(list))),
        w.branch(&format!("Limit{id}"), |_| value::<Option<u32>>(&order.limit)),
    );
    let results = w.parallel(branches, |w, _| match failed {
        OnFailure::Number(of) => {
            let number: Expr<'_, u32> = number(of, made).expr();
            value((number.clone(), 1, [number], 3))
        }
        OnFailure::Nothing => value((0, 1, [] as [u32; 0], Nothing)),
        OnFailure::Fail(error) => fail(w, *error),
    });
    Made {
        numbers: vec![results.0.clone(), results.1.clone(), results.3.or(7)],
        lists: vec![results.2.clone()],
    }
}

fn map<'s, 'o: 's>(
    w: &Scope<'s, '_>,
    id: usize,
    (list, at_once): (usize, bool),
    body: &Block,
    failed: &OnFailure,
    order: &Expr<'o, Order>,
    made: &Made<'s>,
) -> Made<'s> {
    let w = if at_once { w } else { w.max_concurrency(1) };
    let results = w.map(
        &format!("Each{id}"),
        made.list(list),
        |w, flow::Item { value, index }| arm(w, body, order, made.and(value).and(index), NESTED),
        |w, _| match failed {
            OnFailure::Number(of) => value([number(of, made)]),
            OnFailure::Nothing => value([] as [u32; 0]),
            OnFailure::Fail(error) => fail(w, *error),
        },
    );
    Made {
        numbers: Vec::new(),
        lists: vec![results],
    }
}

fn call<'s, 'o: 's, 'a, 'r: 's>(
    w: &Scope<'s, '_>,
    id: usize,
    number: Expr<'s, u32>,
    ([declined, locked, busy], policies): (&[Block; 3], &Policies),
    order: &Expr<'o, Order>,
    made: &Made<'s>,
    around: Around<'a, 'r>,
) -> Expr<'s, u32> {
    let step = u32::try_from(id).unwrap();
    // Arms that are to become one piece of graph must see the same values as well.
    let alike = format!("{declined:?}") == format!("{locked:?}");
    let attempt = retry_count();
    let [on_declined, on_locked, on_busy] = *policies;
    w.call_then(
        Compute,
        CountedQuestionExpr { step, number, attempt },
        |_, answer| value(&answer.number),
        |w, error| match error {
            ComputeError::Declined => after(on_declined, arm(w, declined, order, made.inner(), around)),
            ComputeError::Locked { .. } if alike => after(on_locked, arm(w, locked, order, made.inner(), around)),
            ComputeError::Locked { number } => after(on_locked, arm(w, locked, order, made.and(number), around)),
            ComputeError::Busy => after(on_busy, arm(w, busy, order, made.inner(), around)),
        },
    )
}

fn number<'s>(of: &Number, made: &Made<'s>) -> Expr<'s, u32> {
    let pick = |back: &usize| &made.numbers[made.numbers.len() - 1 - back % made.numbers.len()];
    match of {
        Number::Constant(number) => constant(*number),
        Number::Made(back) => pick(back).clone(),
        Number::Plus(back, more) => (pick(back) + *more).min(MOST),
        Number::Larger(a, b) => pick(a).max(pick(b)),
        Number::Sum(back) => made.list(*back).sum().min(MOST),
        Number::Count(back) => made.list(*back).count(),
        Number::At(list, at, or) => made.list(*list).get(pick(at)).or(*or),
    }
}

fn test<'s>(Test(of, bound): &Test, made: &Made<'s>) -> Expr<'s, bool> {
    number(of, made).less_than(*bound)
}
