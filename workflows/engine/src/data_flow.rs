//! The seam to the query language: how a state's fields become data.
//!
//! Everything a state computes goes through [`Query`], which is a field in either language, so that no state knows which
//! one it speaks.

mod evaluate;
mod visible;

use serde_json::Value;

use crate::data::Data;
use crate::jsonpath::{PathError, Payload};
use crate::query::{QueryError, SyntaxFinding, Template};

/// A field of a state that may compute, compiled.
#[derive(Debug)]
pub(crate) struct Query {
    body: Body,
    /// The value, where it is the same every time.
    literal: Option<Data>,
    /// Whether an expression can see the context object, which costs something to lay out.
    sees_context: bool,
}

/// A field in its query language.
#[derive(Debug)]
enum Body {
    Jsonata(Template),
    JsonPath(Payload),
}

impl Query {
    /// A field in JSONata. `location` is the field as AWS names it in its texts, relative to the state.
    pub(crate) fn compile(value: &Value, location: &str) -> Result<Self, SyntaxFinding> {
        let template = Template::compile(value, location)?;
        let literal = template.literal().cloned().map(Data::from_value);
        let sees_context = literal.is_none() && may_see_context(&value.to_string());
        Ok(Self {
            body: Body::Jsonata(template),
            literal,
            sees_context,
        })
    }

    /// The path that the field is as a whole, as it is written.
    pub(crate) fn path(&self) -> Option<&str> {
        match &self.body {
            Body::JsonPath(payload) if self.literal.is_none() => Some(payload.path()),
            _ => None,
        }
    }
}

impl From<Payload> for Query {
    fn from(payload: Payload) -> Self {
        Self {
            literal: payload.constant().cloned().map(Data::from_value),
            sees_context: payload.sees_context(),
            body: Body::JsonPath(payload),
        }
    }
}

/// Why a field has no value.
#[derive(Debug)]
pub(crate) enum Fault {
    /// An expression in JSONata failed.
    Query(QueryError),
    /// A path or a call failed.
    Path(PathError),
}

impl From<QueryError> for Fault {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}

impl From<PathError> for Fault {
    fn from(error: PathError) -> Self {
        Self::Path(error)
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
    /// What `$` is in a field in JSONPath; the state's input where nothing is said.
    pub(crate) data: Option<&'a Data>,
    /// `$states.result`.
    pub(crate) result: Option<&'a Data>,
    /// `$states.errorOutput`.
    pub(crate) error_output: Option<&'a Value>,
    /// The item of the iteration about to start.
    pub(crate) item: Option<(u32, &'a Value)>,
}

impl<'a> Seen<'a> {
    /// What a field sees besides what all see: this data as `$`.
    pub(crate) fn data(data: &'a Data) -> Self {
        Self {
            data: Some(data),
            ..Self::default()
        }
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
