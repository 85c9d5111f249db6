//! A call whose errors all lead one way.

use std::rc::Rc;

use expr::{Node, Source};
use serde_json::json;

use crate::{
    Place, Scope,
    calls::{record, seconds},
    limits,
    names::camel_case,
    tree::{Block, Call, End, Unexpected},
};

/// Seconds for which a call of a service may last.
const TIMEOUT_SECONDS: u32 = 30;

/// A call of a service.
pub(crate) struct Request<'a> {
    pub(crate) resource: &'a str,
    /// What its state is called if nobody says otherwise.
    pub(crate) name: &'a str,
    pub(crate) arguments: Rc<Node>,
    pub(crate) timeout: Rc<Node>,
    /// Where the result stands in the answer.
    pub(crate) result: &'static [&'static str],
}

impl Default for Request<'_> {
    fn default() -> Self {
        Self {
            resource: "",
            name: "",
            arguments: record(&[]),
            timeout: seconds(TIMEOUT_SECONDS),
            result: &[],
        }
    }
}

impl Scope<'_, '_> {
    /// A call whose errors all lead one way.
    #[track_caller]
    pub(crate) fn request(&self, request: Request<'_>, failed: Unexpected) -> Call {
        let place = Place::here();
        let (label, limits) = self.limited_label(|| request.name.to_owned(), place);
        limits.refuse_concurrency(self, place);
        // A heartbeat has to come within the timeout.
        let least = limits.heartbeat_seconds.map_or(1, |seconds| seconds.saturating_add(1));
        Call {
            arguments: request.arguments,
            resource: request.resource.to_owned(),
            is_ours: false,
            timeout: limits
                .timeout_seconds
                .map_or_else(|| limits::within(&request.timeout, least), seconds),
            heartbeat_seconds: limits.heartbeat_seconds,
            variable: camel_case(&label.name),
            result: Rc::new(Node::Source(Source::Result(request.result))),
            success: None,
            errors: Vec::new(),
            unexpected: failed,
            label,
        }
    }
}

impl Call {
    /// The same call, whose answer nobody needs.
    pub(crate) fn without_result(self) -> Self {
        Self {
            success: Some(Block {
                steps: Vec::new(),
                end: End::Value(Rc::new(Node::Literal(json!(null)))),
            }),
            ..self
        }
    }
}
