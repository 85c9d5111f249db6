//! Laws of templates and paths, on random data.

use jsonata_core::parser;
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::convert::normal;
use super::expression::Expression;
use super::scalars::Operation;
use super::{Random, Scope, Template};

/// Few names, so that random paths meet random data.
fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "c"]).prop_map(str::to_owned)
}

/// JSON whose numbers an `f64` holds exactly, as JSONata's do.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("JSON has no such number", |number| number.is_finite())
            .prop_map(Value::from),
        "[a-z{%} ]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            3 => prop::collection::vec((name(), inner.clone()), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
            1 => prop::collection::vec(inner, 0..4).prop_map(Value::Array),
        ]
    })
}

fn path() -> impl Strategy<Value = String> {
    let root = prop::sample::select(vec!["$states.input", "$v"]);
    (root, prop::collection::vec(name(), 0..4)).prop_map(|(root, names)| {
        let names = names.iter().map(|name| format!(".{name}"));
        std::iter::once(root.to_owned()).chain(names).collect()
    })
}

/// Data in which an operator often finds what it takes, and sometimes does not.
fn scalars() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        (-3..3i32).prop_map(Value::from),
        Just(1e308.into()),
        Just(0.1.into()),
        Just(u64::MAX.into())
    ];
    let other = prop::sample::select(vec![
        Value::Null,
        true.into(),
        false.into(),
        "x".into(),
        "y".into(),
        [1].into(),
    ]);
    prop::collection::vec((name(), prop_oneof![2 => number, 1 => other]), 0..5)
        .prop_map(|fields| Value::Object(fields.into_iter().collect()))
}

/// An operation over fields and literals, with as many parentheses as JSONata's grammar takes.
fn operation() -> impl Strategy<Value = String> {
    let literal = prop::sample::select(vec!["0", "1", "2.5", "1e308", "'x'", "'y'", "true", "false"]);
    let operand = prop_oneof![
        literal.prop_map(str::to_owned),
        name().prop_map(|name| format!("$states.input.{name}")),
        name().prop_map(|name| format!("$v.{name}")),
    ];
    operand.prop_recursive(4, 16, 2, |inner| {
        let operators = vec![
            "+", "-", "*", "/", "%", "=", "!=", "<", "<=", ">", ">=", "and", "or", "&",
        ];
        (inner.clone(), prop::sample::select(operators), inner)
            .prop_map(|(left, operator, right)| format!("{left} {operator} {right}"))
    })
}

/// A scope in which the data is both the input and the variable `v`.
fn with_scope<T>(data: &Value, look: impl FnOnce(&Scope<'_>) -> T) -> T {
    let variables = Map::from_iter([("v".to_owned(), data.clone())]);
    let random = Random::new(1);
    let now = "2026-01-02T03:04:05Z".parse().unwrap();
    look(&Scope {
        variables: &variables,
        ..Scope::new(data, &Value::Null, now, &random)
    })
}

fn evaluate(source: &str, data: &Value) -> Option<Value> {
    let expression = Expression::compile(source).unwrap();
    with_scope(data, |scope| expression.evaluate(scope)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// The parentheses keep the evaluator from seeing a plain path: JSONata itself answers.
    #[test]
    fn a_plain_path_gives_what_jsonata_gives(data in json(), path in path()) {
        prop_assert_eq!(evaluate(&path, &data), evaluate(&format!("({path})"), &data));
    }

    /// As above: what is answered without the evaluator is what the evaluator answers.
    #[test]
    fn an_operation_gives_what_jsonata_gives(data in scalars(), source in operation()) {
        let answered = with_scope(&data, |scope| {
            Operation::of(&parser::parse(&source).unwrap()).and_then(|operation| operation.evaluate(scope))
        });
        // What is not answered goes to the evaluator anyway.
        if answered.is_some() {
            prop_assert_eq!(answered, evaluate(&format!("({source})"), &data));
        }
    }

    /// Only the named part of the scope reaches the evaluator; naming all of it as well must not matter.
    #[test]
    fn what_is_not_named_does_not_matter(data in json(), one in path(), other in path()) {
        let both = format!("[{one}, {other}, $count({one}[0].{{'k': a}})]");
        let all = format!("($states; $v; {both})");
        prop_assert_eq!(evaluate(&both, &data), evaluate(&all, &data));
    }

    #[test]
    fn a_template_without_expressions_is_itself(data in json()) {
        let plain = |text: &str| !(text.starts_with("{%") && text.ends_with("%}"));
        prop_assume!(strings(&data).into_iter().all(plain));
        let template = Template::compile(&data, "Output").unwrap();
        prop_assert_eq!(template.literal(), Some(&data));
    }

    #[test]
    fn what_an_expression_passes_on_is_normal(data in json()) {
        prop_assert_eq!(evaluate("$states.input", &data), Some(normal(&data)));
        prop_assert_eq!(normal(&normal(&data)), normal(&data));
    }
}

fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        Value::Object(object) => object.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}
