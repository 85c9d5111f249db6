//! Expressions of the JSONata query language, evaluated as Step Functions evaluates them.
//!
//! A [`Template`] is any JSON value with expressions of the form `{% … %}` in its strings. It is compiled once, shared
//! between threads, and evaluated over a [`Scope`]: the variables and what `$states` shows.
//!
//! ```text
//! Template::compile(value, "Output")         -> Template          parse once, with the state
//! template.evaluate(&scope)                  -> Value             Output, Assign, Arguments, …
//! template.condition(&scope)                 -> bool              Choices[n]/Condition
//! ```
//!
//! The language is JSONata 2.0.6 with AWS's additions and restrictions
//! (<https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html>). Nothing here reads a clock or a
//! random device: `$now()`, `$millis()`, `$random()`, `$uuid()` and `$shuffle()` take both from the scope. The one
//! exception is the time limit of a runaway expression, which the evaluator measures itself.

mod ambient;
mod bounds;
mod children;
mod convert;
mod dates;
mod diagnosis;
mod error;
mod expression;
mod functions;
mod growth;
mod hash;
mod host;
mod messages;
mod names;
mod path;
mod random;
mod references;
mod scalars;
mod scope;
mod syntax;
mod template;
mod typed;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod suite;
#[cfg(test)]
mod tests;

pub(crate) use error::type_name;
pub use error::{FindingKind, Problem, QueryError, SyntaxFinding};
pub use hash::hash_hex;
pub use names::variables_in;
pub use random::{Random, seeded};
pub use scope::{Scope, Variables};
pub use template::Template;
