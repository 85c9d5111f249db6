//! What an expression may see.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::Random;

/// The variables that a state may read, by name without `$`.
pub trait Variables {
    /// The value of a variable, from the innermost scope that has it.
    fn get(&self, name: &str) -> Option<&Value>;
}

impl Variables for Map<String, Value> {
    fn get(&self, name: &str) -> Option<&Value> {
        Self::get(self, name)
    }
}

impl Variables for BTreeMap<String, Value> {
    fn get(&self, name: &str) -> Option<&Value> {
        Self::get(self, name)
    }
}

/// Nested scopes, the innermost first.
impl<V: Variables> Variables for [V] {
    fn get(&self, name: &str) -> Option<&Value> {
        self.iter().find_map(|scope| scope.get(name))
    }
}

impl<V: Variables + ?Sized> Variables for &V {
    fn get(&self, name: &str) -> Option<&Value> {
        (**self).get(name)
    }
}

/// No variables.
impl Variables for () {
    fn get(&self, _name: &str) -> Option<&Value> {
        None
    }
}

/// All that the expressions of one field may see. Borrowed: making one costs nothing, and only what an expression
/// names is read.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// `$states.input`.
    pub input: &'a Value,
    /// `$states.context`.
    pub context: &'a Value,
    /// `$states.result`, where a task, map or parallel state has one.
    pub result: Option<&'a Value>,
    /// `$states.errorOutput`, inside a catcher.
    pub error_output: Option<&'a Value>,
    /// `$name`.
    pub variables: &'a dyn Variables,
    /// `$now()` and `$millis()`.
    pub now: Timestamp,
    /// `$random()`, `$uuid()` and `$shuffle()`. It advances with every number drawn.
    pub random: &'a Random,
}

impl<'a> Scope<'a> {
    /// A scope with an input and a context object, and nothing else.
    pub fn new(input: &'a Value, context: &'a Value, now: Timestamp, random: &'a Random) -> Self {
        Self {
            input,
            context,
            result: None,
            error_output: None,
            variables: &(),
            now,
            random,
        }
    }

    /// The field of `$states` with this name.
    pub(super) fn states(&self, field: &str) -> Option<&'a Value> {
        match field {
            "input" => Some(self.input),
            "context" => Some(self.context),
            "result" => self.result,
            "errorOutput" => self.error_output,
            _ => None,
        }
    }
}
