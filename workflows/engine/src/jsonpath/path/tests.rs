//! Paths over one document.

use jiff::Timestamp;
use serde_json::json;

use super::{Cow, NOTHING, Path, Value};
use crate::query::{Random, Scope};

fn find(text: &str) -> Result<Value, String> {
    let input = json!({
        "a": { "b": [10, 20, { "c": "x" }], "d e": null }, "a-b": 1, "été": true,
        "books": [{ "price": 5, "title": "A" }, { "price": 15, "title": "B" }, { "title": "C" }],
    });
    let context = json!({ "Execution": { "Name": "n" } });
    let variables = json!({ "v": { "w": [1] }, "n": null });
    let random = Random::new(0);
    let scope = Scope {
        variables: variables.as_object().unwrap(),
        ..Scope::new(&input, &context, Timestamp::UNIX_EPOCH, &random)
    };
    let path = Path::compile(text)?;
    path.find(&scope).map(Cow::into_owned).map_err(|missing| missing.0)
}

#[test]
fn paths_lead_to_values() {
    let cases = [
        ("$.a.b[0]", json!(10)),
        ("$.a.b[-1].c", json!("x")),
        ("$['a']['d e']", json!(null)),
        ("$.a-b", json!(1)),
        ("$.été", json!(true)),
        ("$$.Execution.Name", json!("n")),
        ("$v.w[0]", json!(1)),
        ("$v", json!({ "w": [1] })),
        ("$.a.b[*]", json!([10, 20, { "c": "x" }])),
        ("$.a.b[1:]", json!([20, { "c": "x" }])),
        ("$.a.b[0,1]", json!([10, 20])),
        ("$.a.b[5:]", json!([])),
        ("$..c", json!(["x"])),
        ("$..nothing", json!([])),
        ("$.no.such[*].x", json!([])),
        ("$.books[?(@.price < 10)].title", json!(["A"])),
        ("$.books[?(@.price)].title", json!(["A", "B"])),
        ("$.books[?(@.title == 'C')]", json!([{ "title": "C" }])),
        ("$.books[(@.length-1)].title", json!(["C"])),
        ("$.books[*].price", json!([5, 15])),
        ("$.books.length()", json!(3)),
        ("$.books[*].price.sum()", json!(20.0)),
        ("$.a.keys()", json!(["b", "d e"])),
        ("$.books.size()", json!(3)),
        (
            "$.a['d e',\"b\",'c']",
            json!({ "d e": null, "b": [10, 20, { "c": "x" }] }),
        ),
        (
            "$.books[1:]['title','price']",
            json!([{ "title": "B", "price": 15 }, { "title": "C" }]),
        ),
        ("$.a.b.first()", json!(10)),
        ("$.books[*].price.last()", json!(15)),
        ("$.books[*].price.stddev()", json!(5.0)),
        ("$.books[?(@.title==B)].price", json!([15])),
        ("$.books[?(@.price > $.a-b)].title", json!(["A", "B"])),
        ("$.books[?(@.title =~ /[ab]/i)].price", json!([5, 15])),
        ("$.books[?(@.title in ['B', 'C'])].title", json!(["B", "C"])),
        ("$.books[?(@.title nin ['B', 'C'])].title", json!(["A"])),
    ];
    for (text, expected) in cases {
        assert_eq!(find(text), Ok(expected), "{text}");
    }
}

#[test]
fn what_is_missing_is_said_as_aws_says_it() {
    let cases = [
        ("$.no.such", "Missing property in path $['no']"),
        ("$.a.no", "No results for path: $['a']['no']"),
        ("$.a.b[7]", "No results for path: $['a']['b'][7]"),
        ("$.a.b[-4]", "No results for path: $['a']['b'][-4]"),
        (
            "$.a-b.c",
            "Expected to find an object with property ['c'] in path $['a-b'] but found 'number'",
        ),
        ("$.a['d e'].x", "The path $['a']['d e'] is null"),
        ("$w", "The variable '$w' is not defined"),
        ("$n.a", NOTHING),
    ];
    for (text, expected) in cases {
        assert_eq!(find(text), Err(expected.into()), "{text}");
    }
}

#[test]
fn what_cannot_be_evaluated_does_not_compile() {
    for text in ["$.a.nothing()", "$.a.length().b", "$.a[?(@.b size 1)]", "a"] {
        assert!(Path::compile(text).is_err(), "{text}");
    }
}
