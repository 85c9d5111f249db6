//! Branches and iterations.

use expr::{Expr, Is, Nothing};
use flow::{Scope, value};

use super::{
    NESTED, arm, fail,
    values::{Made, number},
};
use crate::{
    contracts::Order,
    program::{Block, OnFailure},
};

pub(super) fn parallel<'s, 'o: 's>(
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
        w.branch(&format!("Echo{id}"), |_| {
            value::<(Vec<u32>, Option<Vec<u32>>)>((made.list(list), made.extra()))
        }),
        w.branch(&format!("Limit{id}"), |_| value::<Option<u32>>(&order.limit)),
    );
    let results = w.parallel(branches, |w, _| match failed {
        OnFailure::Number(of) => {
            let number: Expr<'_, u32> = number(of, made).expr();
            value((number.clone(), 1, ([number], Nothing), 3))
        }
        OnFailure::Nothing => value((0, 1, ([] as [u32; 0], Nothing), Nothing)),
        OnFailure::Fail(error) => fail(w, *error),
    });
    Made {
        numbers: vec![results.0.clone(), results.1.clone(), results.3.or(7)],
        ..Made::of_lists(vec![results.2.0.clone(), results.2.1.or([] as [u32; 0])])
    }
}

pub(super) fn map<'s, 'o: 's>(
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
    Made::of_lists(vec![results])
}
