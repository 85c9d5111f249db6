//! The `Choice` state.

use serde_json::Value;

/// Goes where the first rule that holds points to.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The rules, in order. At least one.
    pub choices: Vec<ChoiceRule>,
    /// The state when no rule holds.
    pub default: Option<String>,
}

/// One rule of a `Choice`.
#[derive(Clone, Debug, PartialEq)]
pub struct ChoiceRule {
    /// A comment for people.
    pub comment: Option<String>,
    /// When the rule holds.
    pub condition: Condition,
    /// The state that goes on.
    pub next: String,
    /// `Assign`: a JSON object.
    pub assign: Option<Value>,
    /// `Output` (JSONata only).
    pub output: Option<Value>,
}

/// When a rule holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// `Condition`: a JSONata expression with its `{% %}`, or a literal boolean.
    Jsonata(Value),
    /// All of them hold.
    And(Vec<Condition>),
    /// One of them holds.
    Or(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// `Variable` compared with a value.
    Compare(Comparison),
}

/// A data test of the JSONPath form, as `"Variable": variable, operator: value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The path of the value that is tested.
    pub variable: String,
    /// The operator's name as written, for example `StringEqualsPath`.
    pub operator: String,
    /// What it is compared with.
    pub value: Value,
}
