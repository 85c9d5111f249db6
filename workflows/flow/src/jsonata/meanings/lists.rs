//! Lists inside lists.

use expr::{Expr, Is, Nothing, choose, constant};
use serde_json::{Value, json};

use super::{given, gives, pair};

#[test]
fn a_list_in_a_tuple_stays_a_list() {
    let given = given();
    let input = json!({ "list": [5, 6], "lists": [[1, 2]], "pair": [[8], 9], "extra": [3, 4] });
    let seven = constant::<u32>(7);
    gives(&pair::<Vec<u32>, u32>(&given.list, &seven), &input, &json!([[5, 6], 7]));
    gives(
        &pair::<Option<Vec<u32>>, u32>(&given.extra, &seven),
        &input,
        &json!([[3, 4], 7]),
    );
    gives(
        &pair::<Option<Vec<u32>>, u32>(&given.extra, &seven),
        &json!({}),
        &json!([null, 7]),
    );
    gives(
        &pair::<Option<Vec<u32>>, u32>(&given.list, &seven),
        &input,
        &json!([[5, 6], 7]),
    );
    gives(
        &pair::<Vec<u32>, Vec<u32>>(&given.list, [] as [u32; 0]),
        &input,
        &json!([[5, 6], []]),
    );
    gives(
        &pair::<(Vec<u32>, u32), u32>(&given.pair, &seven),
        &input,
        &json!([[[8], 9], 7]),
    );
    gives(
        &pair::<Vec<Vec<u32>>, u32>(&given.lists, &seven),
        &input,
        &json!([[[1, 2]], 7]),
    );
}

#[test]
fn a_list_in_a_list_stays_a_list() {
    let given = given();
    let input = json!({ "list": [5, 6], "lists": [[1, 2], [], [3]], "pair": [[8], 9], "limit": 1 });
    let test = given.limit.is_some();
    let chosen: Expr<Vec<u32>> = choose(&test, &given.list, [1, 2]);
    let lists: Expr<Vec<Vec<u32>>> = [chosen.clone(), given.list.clone()].expr();
    gives(&lists, &input, &json!([[5, 6], [5, 6]]));
    gives(&lists.get(1).or([0]), &input, &json!([5, 6]));
    gives(&lists.get(&given.pair.1).or([0]), &input, &json!([0]));
    gives(
        &pair::<Option<Vec<u32>>, u32>(lists.get(0), 1),
        &input,
        &json!([[5, 6], 1]),
    );
    gives(
        &pair::<Option<Vec<u32>>, Option<Vec<u32>>>(given.lists.get(1), given.lists.get(3)),
        &input,
        &json!([[], null]),
    );
    let opened = given.lists.get(given.limit.or(0)).or([9]);
    gives(&pair::<Vec<u32>, u32>(&opened, 1), &input, &json!([[], 1]));
    gives(
        &pair::<Vec<u32>, u32>(&given.pair.0, &given.pair.1),
        &input,
        &json!([[8], 9]),
    );
    let choice: Expr<(Vec<u32>, u32)> = choose(&test, &given.pair, pair::<Vec<u32>, u32>(&given.list, 2));
    gives(&pair::<(Vec<u32>, u32), u32>(&choice, 7), &input, &json!([[[8], 9], 7]));
    let maybe: Expr<Option<(Vec<u32>, u32)>> = (&choice).expr();
    gives(
        &pair::<Option<(Vec<u32>, u32)>, Option<u32>>(&maybe, Nothing),
        &input,
        &json!([[[8], 9], null]),
    );
    gives(&given.pair.0.get(0).or(3), &input, &json!(8));
    gives(&given.lists, &input, &input["lists"]);
}

#[test]
fn an_item_that_is_null_is_there_and_has_no_value() {
    let given = given();
    for (lists, is_some, first) in [
        (json!([]), false, json!(null)),
        (json!([null]), true, json!(null)),
        (json!([[]]), true, json!([])),
        (json!([[3], null]), true, json!([3])),
        (json!([null, [3]]), true, json!(null)),
    ] {
        let input = json!({ "maybe_lists": lists });
        let item = given.maybe_lists.get(0);
        gives(&item, &input, &first);
        gives(&item.is_some(), &input, &json!(is_some));
        gives(&item.or(Nothing), &input, &first);
        gives(
            &pair::<Option<Option<Vec<u32>>>, u32>(&item, 1),
            &input,
            &json!([first, 1]),
        );
    }
}

#[test]
fn a_place_is_the_same_for_every_item() {
    let given = given();
    let at = &given.settings.rounds;
    for (rounds, expected) in [(0, json!([])), (1, json!([1, 2])), (2, json!(null))] {
        let input = json!({ "lists": [[], [1, 2]], "settings": { "rounds": rounds } });
        gives(&given.lists.get(at), &input, &expected);
        gives(&given.lists.get(at.max(0)), &input, &expected);
    }
}

#[test]
fn json_that_may_be_a_list_stays_what_it_is() {
    let given = given();
    let both: Expr<Vec<Value>> = [&given.any, &given.any].expr();
    for any in [
        json!([1, 2]),
        json!([[1]]),
        json!([]),
        json!(5),
        json!(null),
        json!({ "a": [1] }),
    ] {
        gives(&both, &json!({ "any": any }), &json!([any, any]));
    }
    let made: Expr<Value> = Expr::jsonata("[1, 2]", &[]);
    let listed: Expr<Vec<Value>> = [made].expr();
    gives(&listed, &json!({}), &json!([[1, 2]]));
}
