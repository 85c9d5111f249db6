//! What is printed, evaluated: alone in a template, and as one expression.

use std::rc::Rc;

use engine::query::{Random, Scope, Template};
use expr::{Expr, Is, Node, Nothing, Shape, Source, choose, constant, now};
use serde_json::{Value, json};

use super::Printer;

#[derive(Shape, serde::Serialize)]
struct Given {
    list: Vec<u32>,
    lists: Vec<Vec<u32>>,
    any: Value,
    pair: (Vec<u32>, u32),
    limit: Option<u32>,
    other: Option<u32>,
    extra: Option<Vec<u32>>,
    at: Option<jiff::Timestamp>,
    due: Option<jiff::Timestamp>,
    times: Vec<jiff::Timestamp>,
    #[serde(default = "settings")]
    settings: Settings,
}

#[derive(Shape, serde::Serialize)]
struct Settings {
    rounds: u32,
    #[serde(default = "pause")]
    pause: Pause,
}

#[derive(Shape, serde::Serialize)]
struct Pause {
    seconds: u32,
    note: Option<String>,
}

fn settings() -> Settings {
    Settings {
        rounds: 4,
        pause: pause(),
    }
}

fn pause() -> Pause {
    Pause {
        seconds: 30,
        note: Some("default".to_owned()),
    }
}

fn given<'x>() -> Expr<'x, Given> {
    Expr::from_node(Rc::new(Node::Source(Source::Input)))
}

/// What a value is for an input, wherever it stands.
#[track_caller]
fn gives<T: Shape>(of: &Expr<'_, T>, input: &Value, expected: &Value) {
    let given = [("input".to_owned(), "$states.input".to_owned())];
    let printer = Printer { given: &given };
    let forms = [
        printer.template(&of.settled()),
        Value::String(printer.expression(&of.settled())),
    ];
    for text in forms {
        let random = Random::new(1);
        let context = json!({});
        let scope = Scope::new(input, &context, jiff::Timestamp::UNIX_EPOCH, &random);
        let found = Template::compile(&text, "Output").unwrap().evaluate(&scope);
        assert_eq!(found.as_ref().ok(), Some(expected), "{found:?} of {text}");
    }
}

fn pair<'x, A: Shape, B: Shape>(a: impl Is<'x, A>, b: impl Is<'x, B>) -> Expr<'x, (A, B)> {
    (a, b).expr()
}

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
fn a_default_of_a_record_holds_for_its_fields() {
    let given = given();
    let absent = json!({});
    let without_pause = json!({ "settings": { "rounds": 2 } });
    let whole = json!({ "settings": { "rounds": 2, "pause": { "seconds": 7 } } });
    let settings = &given.settings;
    let cases = [
        (&absent, 4, 30, json!("default")),
        (&without_pause, 2, 30, json!("default")),
        (&whole, 2, 7, json!(null)),
    ];
    for (input, rounds, seconds, note) in cases {
        gives(&settings.rounds, input, &json!(rounds));
        gives(&(&settings.rounds + 1), input, &json!(rounds + 1));
        gives(&settings.pause.seconds, input, &json!(seconds));
        gives(&settings.pause.note, input, &note);
        gives(&settings.pause.note.is_some(), input, &json!(!note.is_null()));
        gives(
            &settings.pause.note.or("none"),
            input,
            &json!(note.as_str().unwrap_or("none")),
        );
    }
}

#[test]
fn numbers_are_what_their_types_say() {
    let given = given();
    let (a, b) = (&given.limit.or(0), &given.other.or(0));
    for (x, y) in [(5_u32, 7_u32), (7, 5), (7, 2), (0, 3), (6, 3), (9, 0)] {
        let input = json!({ "limit": x, "other": y });
        let difference = i64::from(x) - i64::from(y);
        gives(&(a - b), &input, &json!(difference));
        gives(&(a - 8), &input, &json!(i64::from(x) - 8));
        gives(&a.saturating_sub(b), &input, &json!(x.saturating_sub(y)));
        gives(&a.checked_sub(b), &input, &json!(x.checked_sub(y)));
        gives(&a.checked_div(b), &input, &json!(x.checked_div(y)));
        gives(&(a - b).saturating_into::<u8>(), &input, &json!(difference.max(0)));
        gives(
            &(a - b).checked_into::<u32>(),
            &input,
            &json!(u32::try_from(difference).ok()),
        );
        gives(&(a - b).to_i64().equals(difference), &input, &json!(true));
        gives(&a.div_floor(2), &input, &json!(x / 2));
        let halves = [(a / 2).floor(), (a / 2).ceil()];
        gives(&halves[0], &input, &json!(x / 2));
        gives(&halves[1], &input, &json!(x.div_ceil(2)));
        gives(
            &((a - b).to_f64() / 2.0).floor(),
            &input,
            &json!(difference.div_euclid(2)),
        );
    }
    gives(&(a * 300).saturating_into::<u8>(), &json!({ "limit": 1 }), &json!(255));
    gives(&(a * 300).checked_into::<u8>(), &json!({ "limit": 1 }), &json!(null));
    gives(&(a / 2), &json!({ "limit": 5 }), &json!(2.5));
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
