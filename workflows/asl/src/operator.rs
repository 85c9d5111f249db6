//! The operators of `Choice` in JSONPath.

/// What an operator compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A text.
    String,
    /// A number.
    Numeric,
    /// `true` or `false`.
    Boolean,
    /// An RFC 3339 timestamp.
    Timestamp,
    /// A path to the value to compare with.
    Path,
}

/// An operator and its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator {
    /// The name of the field.
    pub name: &'static str,
    /// The type of the field's value.
    pub operand: Operand,
}

const fn op(name: &'static str, operand: Operand) -> Operator {
    Operator { name, operand }
}

/// All operators.
///
/// Source: Amazon States Language, "Choice state", data-test expressions.
pub const OPERATORS: &[Operator] = &[
    op("StringEquals", Operand::String),
    op("StringEqualsPath", Operand::Path),
    op("StringLessThan", Operand::String),
    op("StringLessThanPath", Operand::Path),
    op("StringGreaterThan", Operand::String),
    op("StringGreaterThanPath", Operand::Path),
    op("StringLessThanEquals", Operand::String),
    op("StringLessThanEqualsPath", Operand::Path),
    op("StringGreaterThanEquals", Operand::String),
    op("StringGreaterThanEqualsPath", Operand::Path),
    op("StringMatches", Operand::String),
    op("NumericEquals", Operand::Numeric),
    op("NumericEqualsPath", Operand::Path),
    op("NumericLessThan", Operand::Numeric),
    op("NumericLessThanPath", Operand::Path),
    op("NumericGreaterThan", Operand::Numeric),
    op("NumericGreaterThanPath", Operand::Path),
    op("NumericLessThanEquals", Operand::Numeric),
    op("NumericLessThanEqualsPath", Operand::Path),
    op("NumericGreaterThanEquals", Operand::Numeric),
    op("NumericGreaterThanEqualsPath", Operand::Path),
    op("BooleanEquals", Operand::Boolean),
    op("BooleanEqualsPath", Operand::Path),
    op("TimestampEquals", Operand::Timestamp),
    op("TimestampEqualsPath", Operand::Path),
    op("TimestampLessThan", Operand::Timestamp),
    op("TimestampLessThanPath", Operand::Path),
    op("TimestampGreaterThan", Operand::Timestamp),
    op("TimestampGreaterThanPath", Operand::Path),
    op("TimestampLessThanEquals", Operand::Timestamp),
    op("TimestampLessThanEqualsPath", Operand::Path),
    op("TimestampGreaterThanEquals", Operand::Timestamp),
    op("TimestampGreaterThanEqualsPath", Operand::Path),
    op("IsNull", Operand::Boolean),
    op("IsPresent", Operand::Boolean),
    op("IsNumeric", Operand::Boolean),
    op("IsString", Operand::Boolean),
    op("IsBoolean", Operand::Boolean),
    op("IsTimestamp", Operand::Boolean),
];

/// The operator of this name.
pub fn operator(name: &str) -> Option<Operator> {
    OPERATORS.iter().copied().find(|operator| operator.name == name)
}

pub(crate) fn is_operator(name: &str) -> bool {
    operator(name).is_some()
}
