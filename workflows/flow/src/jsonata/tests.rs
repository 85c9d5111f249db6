//! Expressions, printed as an author of JSONata would write them, and meaning what they say.

use std::rc::Rc;

use engine::query::{Random, Scope, Template};
use expr::{Expr, Is, Node, Shape, Source, choose, constant, execution_name, now, random, retry_count, state_entered};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::Printer;

#[derive(Shape, serde::Serialize)]
struct Order {
    id: String,
    cents: u32,
    #[serde(rename = "gift-note")]
    gift_note: Option<String>,
    #[serde(default = "one")]
    copies: u32,
    #[serde(default)]
    tags: Vec<String>,
    aliases: Option<Vec<String>>,
    paid: bool,
    ship_at: Option<jiff::Timestamp>,
    #[serde(rename = "in")]
    reserved: u32,
    buyer: Option<Buyer>,
}

#[derive(Shape, serde::Serialize)]
struct Buyer {
    name: Option<String>,
}

fn one() -> u32 {
    1
}

fn order<'x>() -> Expr<'x, Order> {
    Expr::from_node(Rc::new(Node::Source(Source::Input)))
}

/// The value where it stands alone, in a state after the first.
fn printed<T: Shape>(of: &Expr<'_, T>) -> Value {
    Printer { given: &[] }.template(&of.settled())
}

#[test]
fn constants_and_records_are_json() {
    assert_eq!(printed::<u32>(&constant(5)), 5);
    assert_eq!(printed::<String>(&constant("text")), "text");
    assert_eq!(printed::<String>(&constant("{% 1 %}")), "{% \"{% 1 %}\" %}");
    assert_eq!(
        printed::<Value>(&expr::literal(json!({ "a": ["{% b"] }))),
        json!({ "a": ["{% \"{% b\" %}"] })
    );
    let buyer: Expr<Buyer> = BuyerExpr { name: &order().id }.expr();
    assert_eq!(printed(&buyer), json!({ "name": "{% $input.id %}" }));
}

#[test]
fn what_may_be_absent_is_made_up_for() {
    let order = order();
    assert_eq!(printed(&order.id), "{% $input.id %}");
    assert_eq!(
        printed(&order.gift_note),
        "{% $exists($input.`gift-note`) ? $input.`gift-note` : null %}"
    );
    assert_eq!(
        printed(&order.copies),
        "{% $exists($input.copies) ? $input.copies : 1 %}"
    );
    assert_eq!(printed(&order.tags), "{% [$input.tags] %}");
    let aliases = "{% $exists($input.aliases) and $input.aliases != null ? [$input.aliases] : null %}";
    assert_eq!(printed(&order.aliases), aliases);
    let with_default =
        "{% $exists($input.`gift-note`) and $input.`gift-note` != null ? $input.`gift-note` : \"none\" %}";
    assert_eq!(printed(&order.gift_note.or("none")), with_default);
    assert_eq!(printed(&order.reserved), "{% $input.`in` %}");
}

#[test]
fn a_value_stands_for_an_optional_one() {
    let wanted: Expr<Option<Vec<String>>> = (&order().tags).expr();
    assert_eq!(printed(&wanted), "{% [$input.tags] %}");
    let wanted: Expr<Option<u32>> = (&order().copies).expr();
    assert_eq!(printed(&wanted), "{% $exists($input.copies) ? $input.copies : 1 %}");
}

#[test]
fn an_answer_of_an_activity_leaves_nothing_out() {
    let answer: Expr<Order> = crate::scope::variable("answer", expr::Written::Deep);
    assert_eq!(printed(&answer.gift_note), "{% $answer.`gift-note` %}");
    assert_eq!(
        printed(&answer.gift_note.is_some()),
        "{% $answer.`gift-note` != null %}"
    );
    assert_eq!(
        printed(&answer.aliases),
        "{% $answer.aliases != null ? [$answer.aliases] : null %}"
    );
}

#[test]
fn brackets_stand_where_they_are_needed() {
    let order = order();
    let cents = &order.cents;
    assert_eq!(printed(&(cents + 1 + 2)), "{% $input.cents + 1 + 2 %}");
    assert_eq!(
        printed(&(cents.to_i64() - (cents - 1))),
        "{% $input.cents - ($input.cents - 1) %}"
    );
    assert_eq!(printed(&((cents + 1) * 2)), "{% ($input.cents + 1) * 2 %}");
    assert_eq!(printed(&(cents * 2 + 1)), "{% $input.cents * 2 + 1 %}");
    assert_eq!(
        printed(&(&order.copies + 1)),
        "{% ($exists($input.copies) ? $input.copies : 1) + 1 %}"
    );
    let (a, b, c) = (cents.less_than(1), cents.at_least(5), order.paid.clone());
    let all = (a.clone() | b.clone()) & !c.clone();
    assert_eq!(
        printed(&all),
        "{% ($input.cents < 1 or $input.cents >= 5) and $not($input.paid) %}"
    );
    assert_eq!(
        printed(&(a | (b & c))),
        "{% $input.cents < 1 or $input.cents >= 5 and $input.paid %}"
    );
    let text = order.id.concat("-").concat(order.id.concat(cents.to_text()));
    assert_eq!(
        printed(&text),
        "{% $input.id & \"-\" & $input.id & $string($input.cents) %}"
    );
    let chosen = choose(&order.paid, choose(&order.paid, 1, 2), choose(&order.paid, 3, 4));
    let _: &Expr<u32> = &chosen;
    assert_eq!(
        printed(&chosen),
        "{% $input.paid ? ($input.paid ? 1 : 2) : $input.paid ? 3 : 4 %}"
    );
}

#[test]
fn numbers_that_are_known_are_calculated() {
    let two: Expr<f64> = constant(2.0);
    assert_eq!(printed(&(two.power(5) * 30.0).min(900.0)), 900);
    let jitter = (random() / 2.0 + 1.0) * 30.0;
    assert_eq!(printed(&jitter.ceil()), "{% $ceil(($random() / 2 + 1) * 30) %}");
}

#[test]
fn times_are_compared_as_milliseconds() {
    let ship_at = order().ship_at.or(now());
    let later = now().plus_seconds(90).is_after(&ship_at);
    assert_eq!(
        printed(&later),
        "{% $millis() + 1000 * 90 > $toMillis($exists($input.ship_at) and $input.ship_at != null ? $input.ship_at : $now()) %}"
    );
    assert_eq!(
        printed(&state_entered().plus_seconds(5)),
        "{% $fromMillis($toMillis($states.context.State.EnteredTime) + 1000 * 5) %}"
    );
    assert_eq!(printed(&execution_name()), "{% $states.context.Execution.Name %}");
    assert_eq!(printed(&retry_count()), "{% $states.context.State.RetryCount %}");
}

#[test]
fn hand_written_jsonata_sees_what_it_is_given() {
    let shout: Expr<String> = Expr::jsonata("$uppercase($id)", &[("id", order().id.node())]);
    assert_eq!(
        printed(&shout.concat("!")),
        "{% ($id := $input.id; $uppercase($id)) & \"!\" %}"
    );
}

/// Numbers.
fn number() -> impl Strategy<Value = Expr<'static, u32>> {
    let leaf = prop_oneof![
        (0_u32..5).prop_map(constant::<u32>),
        Just(()).prop_map(|()| order().cents.clone()),
        Just(()).prop_map(|()| order().copies.clone()),
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a + b),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.saturating_sub(b)),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a * b),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.max(b)),
            (condition(inner.clone()), inner.clone(), inner).prop_map(|(test, a, b)| choose(test, a, b)),
        ]
    })
}

/// Conditions over numbers, and options.
fn condition(
    number: impl Strategy<Value = Expr<'static, u32>> + Clone + 'static,
) -> BoxedStrategy<Expr<'static, bool>> {
    let compared = (number.clone(), number).prop_flat_map(|(a, b)| {
        prop_oneof![
            Just(a.less_than(b.clone())),
            Just(a.at_most(b.clone())),
            Just(a.equals(b.clone())),
            Just(a.differs_from(b)),
        ]
    });
    let leaf = prop_oneof![
        compared,
        Just(()).prop_map(|()| order().gift_note.is_some()),
        Just(()).prop_map(|()| order().paid.clone()),
    ];
    leaf.prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a & b),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a | b),
            inner.prop_map(|a| !a),
        ]
    })
    .boxed()
}

fn input() -> impl Strategy<Value = Value> {
    let note = prop_oneof![
        Just(None),
        Just(Some(json!(null))),
        Just(Some(json!(""))),
        Just(Some(json!("für dich")))
    ];
    (0_u32..9, proptest::option::of(0_u32..9), note, any::<bool>()).prop_map(|(cents, copies, note, paid)| {
        let mut order = json!({ "cents": cents, "paid": paid });
        if let Some(copies) = copies {
            order["copies"] = json!(copies);
        }
        if let Some(note) = note {
            order["gift-note"] = note;
        }
        order
    })
}

/// What a tree means, told without JSONata.
fn meaning(node: &Node, input: &Value) -> Value {
    use expr::{Absent, Operator};
    let number = |node: &Node| meaning(node, input).as_f64().unwrap();
    let holds = |node: &Node| meaning(node, input).as_bool().unwrap();
    match node {
        Node::Literal(value) => value.clone(),
        Node::Field { name, absent, .. } => match (input.get(name), absent) {
            (Some(value), _) => value.clone(),
            (None, Absent::Default(default)) => default.clone(),
            (None, _) => Value::Null,
        },
        Node::Present(of) => json!(!meaning(of, input).is_null()),
        Node::Conditional { test, then, otherwise } => meaning(if holds(test) { then } else { otherwise }, input),
        Node::Function { name: "max", arguments } => match &*arguments[0] {
            Node::List(both) => json!(number(&both[0]).max(number(&both[1]))),
            other => panic!("{other:?}"),
        },
        Node::Function { name: "not", arguments } => json!(!holds(&arguments[0])),
        Node::Binary { operator, left, right } => match operator {
            Operator::And => json!(holds(left) && holds(right)),
            Operator::Or => json!(holds(left) || holds(right)),
            Operator::Add => json!(number(left) + number(right)),
            Operator::Subtract => json!(number(left) - number(right)),
            Operator::Multiply => json!(number(left) * number(right)),
            Operator::Less => json!(number(left) < number(right)),
            Operator::AtMost => json!(number(left) <= number(right)),
            Operator::Equal => json!((number(left) - number(right)).abs() < f64::EPSILON),
            Operator::NotEqual => json!((number(left) - number(right)).abs() >= f64::EPSILON),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_means_what_was_said(number in number(), input in input()) {
        let given = [("input".to_owned(), "$states.input".to_owned())];
        let template = Printer { given: &given }.template(number.node());
        let context = json!({});
        let random = Random::new(1);
        let scope = Scope::new(&input, &context, jiff::Timestamp::UNIX_EPOCH, &random);
        let found = Template::compile(&template, "Output").unwrap().evaluate(&scope).unwrap();
        prop_assert_eq!(found.as_f64(), meaning(number.node(), &input).as_f64(), "{}", template);
    }
}
