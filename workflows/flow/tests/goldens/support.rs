//! A small contract, and the verbs of these tests.

use asl::StateMachine;
use expr::{Activity, ActivityError, Cases, Expr, Never, Shape};
use flow::{Failure, Scope, Then, Workflow, workflow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Charges a card.
pub(crate) struct ChargeCard;

impl Activity for ChargeCard {
    const NAME: &'static str = "ChargeCard";
    type Input = Charge;
    type Output = Charged;
    type Error = ChargeError;
}

#[derive(Debug, Serialize, Deserialize, JsonSchema, Shape)]
pub(crate) struct Charge {
    pub(crate) order: String,
    pub(crate) cents: u32,
    pub(crate) note: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema, Shape)]
pub(crate) struct Charged {
    pub(crate) id: String,
    pub(crate) note: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, thiserror::Error, ActivityError)]
#[activity(ChargeCard)]
pub(crate) enum ChargeError {
    #[error("declined")]
    #[error_name("Card.Declined")]
    Declined { code: String },
    #[error("locked")]
    #[error_name("Card.Locked")]
    Locked { retry_after: u32 },
    #[error("busy")]
    #[error_name("Card.Busy")]
    Busy,
}

/// The input of these workflows.
#[derive(Debug, Serialize, Deserialize, JsonSchema, Shape)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) cents: u32,
    #[serde(default = "one")]
    pub(crate) copies: u32,
    #[serde(default)]
    pub(crate) tag_names: Vec<String>,
    #[serde(default)]
    pub(crate) ship_at: Option<jiff::Timestamp>,
    #[serde(default, rename = "gift-note")]
    pub(crate) gift_note: Option<String>,
    #[serde(default)]
    pub(crate) aliases: Option<Vec<String>>,
    pub(crate) method: Method,
    pub(crate) urgency: Urgency,
}

fn one() -> u32 {
    1
}

/// Internally tagged.
#[derive(Debug, Serialize, Deserialize, JsonSchema, Shape, Cases)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Method {
    Card { number: String },
    BankTransfer { iban: String },
    Cash,
}

/// Without data.
#[derive(Debug, Serialize, Deserialize, JsonSchema, Shape, Cases)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Urgency {
    RightNow,
    Later,
}

/// A workflow over an order whose undeclared errors fail with `Order.Broken`.
#[track_caller]
pub(crate) fn order<O: Shape + JsonSchema>(
    body: impl for<'s> Fn(&Scope<'s, 'static>, Expr<'s, Order>) -> Then<'s, O>,
) -> Workflow {
    workflow("order", broken, body)
}

pub(crate) fn broken<'s>(w: &Scope<'s, '_>, _: &Expr<'s, Order>, _: &Failure<'s>) -> Then<'s, Never> {
    w.named("Broken").fail("Order.Broken")
}

/// The text of a definition that must be right.
pub(crate) fn text(workflow: &Workflow) -> String {
    asl::print(right(workflow))
}

/// One state of a definition that must be right.
pub(crate) fn state(workflow: &Workflow, name: &str) -> Value {
    let definition = right(workflow).to_json();
    definition["States"]
        .get(name)
        .unwrap_or_else(|| panic!("no state {name}"))
        .clone()
}

/// The names of the states, in order.
pub(crate) fn names(workflow: &Workflow) -> Vec<&str> {
    right(workflow).states.states.keys().map(String::as_str).collect()
}

fn right(workflow: &Workflow) -> &StateMachine {
    assert_eq!(workflow.findings, []);
    let findings = asl::validate(&workflow.definition, &asl::Options::default());
    assert!(
        findings.is_empty(),
        "{findings:?}\n{}",
        asl::print(&workflow.definition)
    );
    &workflow.definition
}
