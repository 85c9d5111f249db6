//! What the derives write is what serde writes.

use std::rc::Rc;

use expr::{Absent, ActivityError, Cases, Expr, Is, Node, Nothing, Shape, Source};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A record with every attribute that names or fills a field.
#[derive(Debug, PartialEq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
struct Record {
    plain_name: u32,
    #[serde(rename = "with-hyphen")]
    renamed: u32,
    r#type: u32,
    #[serde(default)]
    empty: Vec<String>,
    #[serde(default = "seven")]
    seven: u32,
    optional: Option<String>,
    #[serde(default)]
    nothing: Option<u32>,
    #[serde(default = "three")]
    limit: Option<u32>,
}

fn seven() -> u32 {
    7
}

#[allow(clippy::unnecessary_wraps, reason = "a default has the type of its field")]
fn three() -> Option<u32> {
    Some(3)
}

fn input<T: Shape>() -> Expr<'static, T> {
    Expr::from_node(Rc::new(Node::Source(Source::Input)))
}

/// The name on the wire of a field, and what its absence means.
fn field<T: Shape>(of: &Expr<'_, T>) -> (String, Absent) {
    match &**of.node() {
        Node::Field { name, absent, .. } => (name.clone(), absent.clone()),
        other => panic!("no field: {other:?}"),
    }
}

/// A tree of constants as JSON.
fn constant(node: &Node) -> Value {
    match node {
        Node::Literal(value) => value.clone(),
        Node::Record(fields) => fields
            .iter()
            .map(|(name, node)| (name.clone(), constant(node)))
            .collect(),
        Node::List(items) => items.iter().map(|item| constant(item)).collect(),
        Node::OrNull { of, .. } => constant(of),
        other => panic!("not constant: {other:?}"),
    }
}

#[test]
fn fields_are_called_as_serde_calls_them() {
    let record = input::<Record>();
    assert_eq!(field(&record.plain_name), ("plainName".into(), Absent::Never));
    assert_eq!(field(&record.renamed).0, "with-hyphen");
    assert_eq!(field(&record.r#type).0, "type");
    assert_eq!(field(&record.empty), ("empty".into(), Absent::Default(json!([]))));
    assert_eq!(field(&record.seven), ("seven".into(), Absent::Default(json!(7))));
    assert_eq!(field(&record.optional), ("optional".into(), Absent::Null));
    assert_eq!(field(&record.nothing), ("nothing".into(), Absent::Null));
    assert_eq!(field(&record.limit), ("limit".into(), Absent::Default(json!(3))));
}

#[test]
fn a_twin_is_read_back_by_serde() {
    let twin: Expr<Record> = RecordExpr {
        plain_name: 1,
        renamed: 2,
        r#type: 3,
        empty: ["a"],
        seven: 4,
        optional: "text",
        nothing: Nothing,
        limit: 5,
    }
    .expr();
    let read: Record = serde_json::from_value(constant(&twin.settled())).unwrap();
    let written = Record {
        plain_name: 1,
        renamed: 2,
        r#type: 3,
        empty: vec!["a".into()],
        seven: 4,
        optional: Some("text".into()),
        nothing: None,
        limit: Some(5),
    };
    assert_eq!(read, written);
}

#[derive(Serialize, Deserialize, Shape, Cases)]
#[serde(rename_all = "snake_case")]
enum External {
    Unit,
    WithField { a_field: u32 },
    Holding(String),
}

#[derive(Serialize, Deserialize, Shape, Cases)]
#[serde(tag = "kind", rename_all_fields = "camelCase")]
enum Internal {
    WithField {
        a_field: u32,
    },
    #[serde(rename = "else")]
    Unit,
}

#[derive(Serialize, Deserialize, Shape, Cases)]
#[serde(tag = "kind", content = "value")]
enum Adjacent {
    Unit,
    Holding(u32),
}

/// Evaluates as much as tests of variants and paths need.
fn evaluate(node: &Node, input: &Value) -> Option<Value> {
    match node {
        Node::Literal(value) => Some(value.clone()),
        Node::Source(_) => Some(input.clone()),
        Node::Field { of, name, .. } => evaluate(of, input)?.get(name).cloned(),
        Node::Function {
            name: "exists",
            arguments,
        } => Some(json!(evaluate(&arguments[0], input).is_some())),
        Node::Binary { left, right, .. } => Some(json!(evaluate(left, input) == evaluate(right, input))),
        other => panic!("{other:?}"),
    }
}

/// The only variant that a value is found to be.
fn variant<T: Cases + Serialize>(of: &T) -> (usize, T::Case<'static>, Value) {
    let written = json!(of);
    let cases = T::cases(&Rc::new(Node::Source(Source::Input)));
    let mut found = cases
        .into_iter()
        .enumerate()
        .filter(|(_, case)| evaluate(&case.test, &written) == Some(json!(true)))
        .collect::<Vec<_>>();
    assert_eq!(found.len(), 1, "{written}");
    let (at, case) = found.remove(0);
    (at, case.case, written)
}

#[test]
fn variants_are_told_apart_as_serde_tags_them() {
    assert_eq!(variant(&External::Unit).0, 0);
    match variant(&External::WithField { a_field: 3 }) {
        (1, ExternalCase::WithField { a_field }, written) => {
            assert_eq!(evaluate(a_field.node(), &written), Some(json!(3)));
        }
        other => panic!("{other:?}"),
    }
    match variant(&External::Holding("x".into())) {
        (2, ExternalCase::Holding(held), written) => assert_eq!(evaluate(held.node(), &written), Some(json!("x"))),
        other => panic!("{other:?}"),
    }
    match variant(&Internal::WithField { a_field: 3 }) {
        (0, InternalCase::WithField { a_field }, written) => {
            assert_eq!(evaluate(a_field.node(), &written), Some(json!(3)));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(variant(&Internal::Unit).0, 1);
    assert_eq!(variant(&Adjacent::Unit).0, 0);
    match variant(&Adjacent::Holding(5)) {
        (1, AdjacentCase::Holding(held), written) => assert_eq!(evaluate(held.node(), &written), Some(json!(5))),
        other => panic!("{other:?}"),
    }
}

#[derive(Debug, Serialize, Deserialize, thiserror::Error, ActivityError)]
enum TestError {
    #[error("one")]
    #[error_name("Test.One")]
    One {
        #[serde(rename = "retryAfter")]
        retry_after: u32,
        why: Option<String>,
    },
    #[error("two")]
    #[error_name("Test.Two")]
    Two,
}

#[test]
fn an_errors_payload_has_the_names_that_its_twin_reads() {
    assert_eq!(TestError::NAMES, ["Test.One", "Test.Two"]);
    let one = TestError::One {
        retry_after: 5,
        why: None,
    };
    assert_eq!(one.error_name(), "Test.One");
    let payload: Value = serde_json::from_str(&one.payload()).unwrap();
    assert_eq!(payload, json!({ "retryAfter": 5, "why": null }));
    assert_eq!(TestError::Two.payload(), "{}");
    let cases = TestError::cases(&Rc::new(Node::Source(Source::Error)));
    assert_eq!(cases.iter().map(|case| case.name).collect::<Vec<_>>(), TestError::NAMES);
    let TestErrorCase::One { retry_after, why } = &cases[0].case else {
        panic!("the first is One")
    };
    assert_eq!(
        (field(retry_after).0, field(why)),
        ("retryAfter".into(), ("why".into(), Absent::Null))
    );
}
