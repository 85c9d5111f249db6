//! The seam to the query language: how a state's fields become data.
//!
//! Everything a state computes goes through [`Query`], so a second language is a second kind of query and no state knows
//! which one it speaks.

use serde_json::Value;

use crate::data::Data;
use crate::execution::Execution;
use crate::frame::FrameId;
use crate::query::{QueryError, Scope, SyntaxFinding, Template, Variables};
use crate::run::Run;

/// A field of a state that may compute, compiled.
#[derive(Debug)]
pub(crate) struct Query {
    template: Template,
    /// The value, where it is the same every time.
    literal: Option<Data>,
    /// Whether an expression can see the context object, which costs something to lay out.
    sees_context: bool,
}

impl Query {
    /// `location` is the field as AWS names it in its texts, relative to the state.
    pub(crate) fn compile(value: &Value, location: &str) -> Result<Self, SyntaxFinding> {
        let template = Template::compile(value, location)?;
        let literal = template.literal().cloned().map(Data::from_value);
        let sees_context = literal.is_none() && may_see_context(&value.to_string());
        Ok(Self {
            template,
            literal,
            sees_context,
        })
    }
}

/// Whether the text of a template may read `$states.context`: it says so, or takes `$states` as a whole.
fn may_see_context(text: &str) -> bool {
    let whole = |rest: &str| {
        !["input", "result", "errorOutput"]
            .iter()
            .any(|field| rest.strip_prefix('.').is_some_and(|rest| rest.starts_with(field)))
    };
    text.contains("context") || text.split("$states").skip(1).any(whole)
}

/// What only some fields of a state can see.
#[derive(Clone, Copy, Default)]
pub(crate) struct Seen<'a> {
    /// `$states.result`.
    pub(crate) result: Option<&'a Data>,
    /// `$states.errorOutput`.
    pub(crate) error_output: Option<&'a Value>,
    /// `$states.context.Map.Item` of the iteration about to start.
    pub(crate) item: Option<(u32, &'a Value)>,
}

impl Run<'_> {
    /// Evaluates a field of a frame's current state as the kind of value that `take` takes.
    pub(crate) fn evaluate<T>(
        &self,
        frame: FrameId,
        query: &Query,
        seen: Seen<'_>,
        take: impl FnOnce(&Template, &Scope<'_>) -> Result<T, QueryError>,
    ) -> Result<T, QueryError> {
        let context = if query.sees_context {
            self.context(frame, seen.item)
        } else {
            Value::Null
        };
        let variables = Visible {
            execution: self.execution,
            frame,
        };
        let scope = Scope {
            input: self.execution.input_of(frame).value(),
            context: &context,
            result: seen.result.map(Data::value),
            error_output: seen.error_output,
            variables: &variables,
            now: self.now,
            random: &self.random,
        };
        take(&query.template, &scope)
    }

    /// Evaluates a field that may be anything.
    pub(crate) fn evaluate_data(&self, frame: FrameId, query: &Query, seen: Seen<'_>) -> Result<Data, QueryError> {
        if let Some(literal) = &query.literal {
            return Ok(literal.clone());
        }
        self.evaluate(frame, query, seen, Template::evaluate)
            .map(Data::from_value)
    }
}

/// The variables that a frame can read: its own, then those of the states around it.
struct Visible<'a> {
    execution: &'a Execution,
    frame: FrameId,
}

impl Variables for Visible<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        let mut next = Some(self.frame);
        while let Some(id) = next {
            let frame = self.execution.frame(id);
            if let Some(data) = frame.variables.get(name) {
                return Some(data.value());
            }
            next = frame.parent;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::may_see_context;

    #[test]
    fn the_context_is_laid_out_when_an_expression_may_read_it() {
        for text in [
            "{% $states.context.Task.Token %}",
            "{% $states %}",
            "{% $lookup($states, 'x') %}",
        ] {
            assert!(may_see_context(text), "{text}");
        }
        for text in [
            "{% $states.input.a %}",
            "{% $states.result & $states.errorOutput.Cause %}",
            "{% $x %}",
        ] {
            assert!(!may_see_context(text), "{text}");
        }
    }
}
