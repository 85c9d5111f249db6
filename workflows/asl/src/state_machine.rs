//! The top level of a definition.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::State;

/// A whole state machine: the top-level object of a definition.
///
/// Source: Amazon States Language, "Top-level fields".
#[derive(Clone, Debug, PartialEq)]
pub struct StateMachine {
    /// A comment for people.
    pub comment: Option<String>,
    /// The version of the language; `1.0` when absent.
    pub version: Option<String>,
    /// The query language of states that do not name their own; `JSONPath` when absent.
    pub query_language: Option<QueryLanguage>,
    /// Seconds after which the execution ends in `TIMED_OUT`.
    pub timeout_seconds: Option<u64>,
    /// The states and where they start.
    pub states: States,
}

/// A set of states with its start: a state machine, a branch of `Parallel`, or the processor of `Map`.
#[derive(Clone, Debug, PartialEq)]
pub struct States {
    /// The name of the first state.
    pub start_at: String,
    /// The states by name, in the order of the definition.
    pub states: IndexMap<String, State>,
}

/// The language in which a state selects and transforms data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum QueryLanguage {
    /// Paths, payload templates and intrinsic functions. The default of the language.
    #[default]
    JSONPath,
    /// Expressions between `{%` and `%}`.
    JSONata,
}
