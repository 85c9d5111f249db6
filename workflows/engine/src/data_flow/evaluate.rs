//! Evaluating fields, in whichever language they are.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use super::visible::Visible;
use super::{Body, Fault, Query, Seen};
use crate::data::Data;
use crate::frame::FrameId;
use crate::jsonpath::{Path, PathError, Payload};
use crate::query::{QueryError, Scope, Template};
use crate::run::Run;

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
