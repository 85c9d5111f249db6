//! What is the same.

use expr::{Expr, Is, Nothing, now};
use serde_json::{Value, json};

use super::{given, gives};

/// Every way in which an optional number may be given.
fn optional(name: &str) -> [(Value, Option<u32>); 3] {
    [
        (json!({}), None),
        (json!({ name: null }), None),
        (json!({ name: 5 }), Some(5)),
    ]
}

#[test]
fn optional_values_are_compared_as_they_are_in_rust() {
    let given = given();
    for (left, a) in optional("limit") {
        for (right, b) in optional("other") {
            let mut input = left.clone();
            input
                .as_object_mut()
                .unwrap()
                .extend(right.as_object().unwrap().clone());
            gives(&given.limit.equals(&given.other), &input, &json!(a == b));
            gives(&given.limit.differs_from(&given.other), &input, &json!(a != b));
        }
        gives(&given.limit.equals(5), &left, &json!(a == Some(5)));
        gives(&given.limit.equals(6), &left, &json!(a == Some(6)));
        gives(&given.limit.differs_from(6), &left, &json!(a != Some(6)));
        gives(&given.limit.equals(Nothing), &left, &json!(a.is_none()));
        gives(&given.limit.differs_from(Nothing), &left, &json!(a.is_some()));
        let none: Expr<Option<u32>> = Nothing.expr();
        gives(&none.equals(&given.limit), &left, &json!(a.is_none()));
    }
    let lists = [
        json!({}),
        json!({ "extra": null }),
        json!({ "extra": [] }),
        json!({ "extra": [1] }),
    ];
    for input in &lists {
        let extra: Option<Vec<u32>> = input
            .get("extra")
            .and_then(|list| serde_json::from_value(list.clone()).unwrap());
        gives(&given.extra.equals([1]), input, &json!(extra == Some(vec![1])));
        gives(&given.extra.differs_from([1]), input, &json!(extra != Some(vec![1])));
        gives(
            &given.extra.equals([] as [u32; 0]),
            input,
            &json!(extra == Some(vec![])),
        );
        gives(&given.extra.equals(Nothing), input, &json!(extra.is_none()));
    }
}

#[test]
fn tuples_and_lists_are_compared_item_by_item() {
    let given = given();
    let input = json!({ "list": [5], "lists": [[5]], "pair": [[5], 9] });
    gives(&given.pair.equals(([5], 9)), &input, &json!(true));
    gives(&given.pair.equals(([5, 5], 9)), &input, &json!(false));
    gives(&given.pair.equals((&given.list, 9)), &input, &json!(true));
    gives(&given.pair.differs_from((&given.list, 8)), &input, &json!(true));
    gives(&given.list.equals([5]), &input, &json!(true));
    gives(&given.list.equals([] as [u32; 0]), &input, &json!(false));
    gives(&given.lists.equals([[5]]), &input, &json!(true));
}

#[test]
fn times_are_the_same_however_they_are_written() {
    let given = given();
    let spellings = [
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00+00:00",
        "2026-01-01T01:00:00.000+01:00",
    ];
    let other = "2026-01-01T00:00:00.001Z";
    let (at, due) = (&given.at, &given.due);
    let opened = (at.or(now()), due.or(now()));
    for a in spellings {
        for b in spellings {
            let input = json!({ "at": a, "due": b, "times": [b] });
            gives(&opened.0.equals(&opened.1), &input, &json!(true));
            gives(&opened.0.differs_from(&opened.1), &input, &json!(false));
            gives(&at.equals(due), &input, &json!(true));
            gives(
                &at.equals(spellings[0].parse::<jiff::Timestamp>().unwrap()),
                &input,
                &json!(true),
            );
            gives(&given.times.equals([&opened.0]), &input, &json!(true));
            let pair: Expr<(Option<jiff::Timestamp>, u32)> = (at, 1).expr();
            gives(&pair.equals((due, 1)), &input, &json!(true));
        }
        let input = json!({ "at": a, "due": other, "times": [a, a] });
        gives(&at.equals(due), &input, &json!(false));
        gives(&at.differs_from(due), &input, &json!(true));
        gives(&given.times.equals([&opened.0]), &input, &json!(false));
        gives(&at.equals(due), &json!({ "at": a, "due": null }), &json!(false));
        gives(&at.equals(Nothing), &json!({ "at": a }), &json!(false));
    }
    gives(&at.equals(due), &json!({ "due": null }), &json!(true));
    gives(&at.differs_from(due), &json!({ "due": null }), &json!(false));
}

#[test]
fn optional_times_in_lists_are_compared() {
    let given = given();
    let text = "2026-01-01T01:00:00+01:00";
    let time = "2026-01-01T00:00:00Z".parse::<jiff::Timestamp>().unwrap();
    let wanted: Expr<Option<jiff::Timestamp>> = time.expr();
    let item = given.maybe_times.get(0);
    for (times, same) in [(json!([]), false), (json!([null]), false), (json!([text]), true)] {
        let input = json!({ "maybe_times": times });
        gives(&item.equals(&wanted), &input, &json!(same));
        gives(&item.or(Nothing).equals(time), &input, &json!(same));
        gives(
            &given.maybe_times.equals([Nothing]),
            &input,
            &json!(times == json!([null])),
        );
    }
}

#[test]
fn lists_of_lists_of_times_keep_their_structure() {
    let given = given();
    let time = "2026-01-01T00:00:00Z";
    let lists = [
        json!([]),
        json!([[]]),
        json!([[], []]),
        json!([[time]]),
        json!([[time, time]]),
        json!([[time], [time]]),
        json!([[time], []]),
    ];
    for a in &lists {
        for b in &lists {
            let other: Vec<Vec<jiff::Timestamp>> = serde_json::from_value(b.clone()).unwrap();
            let other: Expr<Vec<Vec<jiff::Timestamp>>> = expr::literal(json!(other));
            let input = json!({ "calendars": a });
            gives(&given.calendars.equals(&other), &input, &json!(a == b));
        }
    }
}
