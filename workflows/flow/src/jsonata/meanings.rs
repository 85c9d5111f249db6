//! What is printed, evaluated: alone in a template, and as one expression.

mod equality;
mod lists;

use std::rc::Rc;

use engine::query::{Random, Scope, Template};
use expr::{Expr, Is, Node, Shape, Source};
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
    #[serde(default = "five")]
    five: Option<u32>,
    maybe_lists: Vec<Option<Vec<u32>>>,
    maybe_times: Vec<Option<jiff::Timestamp>>,
    calendars: Vec<Vec<jiff::Timestamp>>,
    #[serde(default = "three")]
    rounds: Option<u32>,
    #[serde(default = "both")]
    steps: Option<Vec<u32>>,
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

#[allow(clippy::unnecessary_wraps, reason = "the default of an optional field")]
fn five() -> Option<u32> {
    Some(5)
}

#[allow(clippy::unnecessary_wraps, reason = "a default has the type of its field")]
fn three() -> Option<u32> {
    Some(3)
}

#[allow(clippy::unnecessary_wraps, reason = "a default has the type of its field")]
fn both() -> Option<Vec<u32>> {
    Some(vec![1, 2])
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
fn an_optional_field_has_its_default_where_it_is_left_out_alone() {
    let given = given();
    for (input, rounds, steps) in [
        (json!({}), json!(3), json!([1, 2])),
        (json!({ "rounds": null, "steps": null }), json!(null), json!(null)),
        (json!({ "rounds": 5, "steps": [7] }), json!(5), json!([7])),
    ] {
        gives(&given.rounds, &input, &rounds);
        gives(&given.rounds.is_some(), &input, &json!(!rounds.is_null()));
        gives(&given.rounds.or(9), &input, &json!(rounds.as_u64().unwrap_or(9)));
        gives(&given.rounds.equals(3), &input, &json!(rounds == json!(3)));
        gives(&given.steps, &input, &steps);
        gives(&given.steps.is_some(), &input, &json!(!steps.is_null()));
    }
}

#[test]
fn a_name_of_a_block_hides_no_variable() {
    let workflows = |name: &str| crate::scope::variable::<u32>(name, expr::Written::Deep);
    let (total, at) = (workflows("total"), workflows("at"));
    let given = given();
    let swapped: Expr<u32> = Expr::jsonata(
        "$total * 10 + $rest",
        &[("total", given.limit.or(0).node()), ("rest", total.node())],
    );
    let list = crate::scope::variable::<Vec<u32>>("at", expr::Written::Deep);
    let picked = list.get(given.settings.rounds.max(0)).or(0);
    let given = [("input".to_owned(), "$states.input".to_owned())];
    let print = |of: &Node| Printer { given: &given }.expression(of);
    let input = json!({ "limit": 4, "settings": { "rounds": 1 } });
    for (assign, of, expected) in [
        (json!({ "total": 7 }), print(&swapped.settled()), json!(47)),
        (json!({ "at": [5, 6] }), print(&picked.settled()), json!(6)),
        (json!({ "at": 6 }), print(&at.settled()), json!(6)),
    ] {
        let bindings = assign.as_object().unwrap().iter();
        let bindings = bindings.fold(String::new(), |text, (name, value)| {
            text + &format!("${name} := {value}; ")
        });
        let text = format!(
            "{{% ({bindings}{}) %}}",
            of.trim_start_matches("{% ").trim_end_matches(" %}")
        );
        let (random, context) = (Random::new(1), json!({}));
        let scope = Scope::new(&input, &context, jiff::Timestamp::UNIX_EPOCH, &random);
        let found = Template::compile(&Value::String(text.clone()), "Output")
            .unwrap()
            .evaluate(&scope);
        assert_eq!(found.as_ref().ok(), Some(&expected), "{found:?} of {text}");
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
fn a_default_of_an_optional_field_holds() {
    let five = &given().five;
    for (input, value) in [
        (json!({}), Some(5)),
        (json!({ "five": null }), None),
        (json!({ "five": 7 }), Some(7)),
    ] {
        gives(five, &input, &json!(value));
        gives(&five.or(1), &input, &json!(value.unwrap_or(1)));
        gives(&five.is_some(), &input, &json!(value.is_some()));
        gives(&five.equals(5), &input, &json!(value == Some(5)));
    }
}
