//! Items of a table.

use expr::Expr;
use flow::{Scope, Then, Unwritten, item, value};

use super::{fail, values::Made};
use crate::{
    contracts::{Order, Stored, StoredExpr, StoredKey, StoredKeyExpr},
    program::{OnFailure, Verb, Write},
};

pub(super) fn read<'s>(w: &Scope<'s, '_>, id: usize, number: Expr<'s, u32>) -> Made<'s> {
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
        ..Made::of_lists(vec![stored.list.clone()])
    }
}

/// Everything that is written, compared or changed adds up to what the call is known by.
pub(super) fn write<'s>(
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
