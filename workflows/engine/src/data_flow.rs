//! The seam to the query language: how a state's fields become data.
//!
//! Everything a state computes goes through [`Query`], which is a field in either language, so that no state knows which
//! one it speaks.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use crate::data::Data;
use crate::execution::Execution;
use crate::frame::FrameId;
use crate::jsonpath::{Path, PathError, Payload};
use crate::query::{QueryError, Scope, SyntaxFinding, Template, Variables};
use crate::run::Run;

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

impl Run<'_> {
    /// What a field of a frame's current state sees.
    pub(crate) fn look<T>(
        &self,
        frame: FrameId,
        sees_context: bool,
        seen: Seen<'_>,
        look: impl FnOnce(&Scope<'_>) -> T,
    ) -> T {
        let context = if sees_context {
            self.context(frame, seen.item)
        } else {
            Value::Null
        };
        let variables = Visible {
            execution: self.execution,
            frame,
        };
        look(&Scope {
            input: seen.data.unwrap_or_else(|| self.execution.input_of(frame)).value(),
            context: &context,
            result: seen.result.map(Data::value),
            error_output: seen.error_output,
            variables: &variables,
            now: self.now,
            random: &self.random,
        })
    }

    /// Evaluates a field as the kind of value that it takes, in either language.
    fn evaluate<T>(
        &self,
        frame: FrameId,
        query: &Query,
        seen: Seen<'_>,
        jsonata: impl FnOnce(&Template, &Scope<'_>) -> Result<T, QueryError>,
        json_path: impl FnOnce(&Payload, &Value) -> Result<T, PathError>,
    ) -> Result<T, Fault> {
        match &query.body {
            Body::Jsonata(template) => {
                // `$states.input` is what the state got, whatever else is in sight.
                let seen = Seen { data: None, ..seen };
                self.look(frame, query.sees_context, seen, |scope| jsonata(template, scope))
                    .map_err(Fault::from)
            }
            Body::JsonPath(payload) => self
                .look(frame, query.sees_context, seen, |scope| {
                    payload.evaluate(scope).and_then(|value| json_path(payload, &value))
                })
                .map_err(Fault::from),
        }
    }

    /// Evaluates a field that may be anything.
    pub(crate) fn evaluate_data(&self, frame: FrameId, query: &Query, seen: Seen<'_>) -> Result<Data, Fault> {
        if let Some(literal) = &query.literal {
            return Ok(literal.clone());
        }
        let value = match &query.body {
            Body::Jsonata(template) => {
                let seen = Seen { data: None, ..seen };
                self.look(frame, query.sees_context, seen, |scope| template.evaluate(scope))?
            }
            Body::JsonPath(payload) => {
                if let Some(data) = self.whole(frame, payload.whole_path(), seen) {
                    return Ok(data);
                }
                // What a template makes is taken, not copied.
                self.look(frame, query.sees_context, seen, |scope| {
                    payload.evaluate(scope).map(Cow::into_owned)
                })?
            }
        };
        Ok(Data::from_value(value))
    }

    /// What a path without steps leads to, as it was written.
    fn whole(&self, frame: FrameId, path: Option<&Path>, seen: Seen<'_>) -> Option<Data> {
        let path = path?;
        if path.is_data() {
            return Some(seen.data.unwrap_or_else(|| self.execution.input_of(frame)).clone());
        }
        let visible = Visible {
            execution: self.execution,
            frame,
        };
        visible.data(path.variable()?).cloned()
    }

    /// What a path leads to, which is `InputPath`, `OutputPath` or their like.
    pub(crate) fn select(&self, frame: FrameId, path: &Path, data: &Data) -> Result<Data, Fault> {
        let seen = Seen::data(data);
        if let Some(data) = self.whole(frame, Some(path), seen) {
            return Ok(data);
        }
        self.look(frame, path.sees_context(), seen, |scope| {
            path.select(scope)
                .map(|value| Data::from_value(value.into_owned()))
                .map_err(Fault::from)
        })
    }

    /// Evaluates a field that is a whole number within a range.
    pub(crate) fn integer(
        &self,
        frame: FrameId,
        query: &Query,
        seen: Seen<'_>,
        (least, most): (i64, i64),
    ) -> Result<i64, Fault> {
        let jsonata = |template: &Template, scope: &Scope<'_>| template.integer(scope, least, most);
        let json_path = |payload: &Payload, value: &Value| payload.integer(value, least, most);
        self.evaluate(frame, query, seen, jsonata, json_path)
    }

    /// Evaluates a field that is a number.
    pub(crate) fn number(&self, frame: FrameId, query: &Query, seen: Seen<'_>) -> Result<Number, Fault> {
        self.evaluate(frame, query, seen, Template::number, Payload::number)
    }

    /// Evaluates a field that is a text.
    pub(crate) fn string(&self, frame: FrameId, query: &Query, seen: Seen<'_>) -> Result<String, Fault> {
        self.evaluate(frame, query, seen, Template::string, Payload::string)
    }

    /// Evaluates a field that is an array.
    pub(crate) fn array(&self, frame: FrameId, query: &Query, seen: Seen<'_>) -> Result<Vec<Value>, Fault> {
        self.evaluate(frame, query, seen, Template::array, Payload::array)
    }

    /// Evaluates a field that is an object.
    pub(crate) fn object(&self, frame: FrameId, query: &Query, seen: Seen<'_>) -> Result<Map<String, Value>, Fault> {
        self.evaluate(frame, query, seen, Template::object, Payload::object)
    }

    /// Evaluates a rule's `Condition`.
    pub(crate) fn condition(&self, frame: FrameId, query: &Query) -> Result<bool, Fault> {
        self.evaluate(frame, query, Seen::default(), Template::condition, |_, value| {
            Ok(value == &Value::Bool(true))
        })
    }
}

/// The variables that a frame can read: its own, then those of the states around it.
struct Visible<'a> {
    execution: &'a Execution,
    frame: FrameId,
}

impl Variables for Visible<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        self.data(name).map(Data::value)
    }
}

impl Visible<'_> {
    fn data(&self, name: &str) -> Option<&Data> {
        let mut next = Some(self.frame);
        while let Some(id) = next {
            let frame = self.execution.frame(id);
            if let Some(data) = frame.variables.get(name) {
                return Some(data);
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
