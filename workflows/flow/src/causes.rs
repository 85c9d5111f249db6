//! Causes that somebody else wrote.
//!
//! What Lambda reports of an activity of ours was written by its own runtime. What a worker reports, or whoever holds a
//! token, may be anything: under the name of a declared error too. Nothing could catch what a `Catch` fails with when it reads
//! such a cause. So the cause is kept as it is, and read in a Parallel of one branch, whose failure can be caught: an error
//! whose fields are not what its contract says is none that was declared.

use std::rc::Rc;

use expr::{Node, Source, Written};
use serde_json::json;

use crate::{
    names::pascal_case,
    scope::variable,
    tree::{Block, Body, Call, End, Label, Nest, Payload, Step, Unexpected},
};

/// Where the fields of a declared error stand in a cause.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The cause is the record of its fields, as workers report it.
    Fields,
    /// The cause is what Lambda says of an invocation.
    OfLambda,
}

impl Cause {
    /// The record of the fields, where the text of the cause is in this variable.
    pub(crate) fn fields(self, variable: &str) -> Rc<Node> {
        let cause = crate::scope::variable::<String>(variable, Written::Deep);
        let parsed = Node::function("parse", vec![Rc::clone(cause.node())]);
        match self {
            Self::Fields => parsed,
            Self::OfLambda => {
                let message = Node::field(&parsed, "errorMessage", expr::Absent::Never);
                Node::function("parse", vec![message])
            }
        }
    }
}

/// The variable of the text of a cause whose fields are in `payload`.
pub(crate) fn text_of(payload: &str) -> String {
    format!("{payload}Cause")
}

/// The same call, where each error whose fields somebody reads has them read before.
pub(crate) fn read_apart(mut call: Call) -> Call {
    let label = call.label.clone();
    let failed = Unexpected {
        retry: None,
        ..call.unexpected.clone()
    };
    for arm in &mut call.errors {
        let payload = arm.payload.take().filter(|payload| arm.block.reads(&payload.variable));
        if let Some((payload, checked)) = payload.and_then(|payload| Some((payload.variable, payload.checked?))) {
            arm.payload = Some(Payload {
                variable: text_of(&payload),
                source: cause(),
                checked: None,
            });
            let error = pascal_case(arm.name.rsplit('.').next().unwrap_or_default());
            let label = Label {
                name: format!("Read{}{error}", label.name),
                comment: Some("Somebody else wrote the cause: what cannot be read is caught.".to_owned()),
                place: label.place,
            };
            let block = arm.block.clone();
            arm.block = reading(label, &payload, checked, block, failed.clone());
        }
    }
    call
}

/// Leaves the fields in the payload's variable and goes on with `block`, if they can be read.
fn reading(label: Label, payload: &str, checked: Rc<Node>, block: Block, failed: Unexpected) -> Block {
    let [results, joined] = ["Read", "Decided"].map(|suffix| format!("{payload}{suffix}"));
    let place = label.place;
    let fields = Node::Element {
        of: Rc::clone(variable::<()>(&results, Written::Unknown).node()),
        at: 0,
    };
    let keep = Step::Keep {
        variable: payload.to_owned(),
        value: Rc::new(fields),
        place,
    };
    let end = End::Value(Rc::clone(variable::<()>(&joined, Written::Unknown).node()));
    let body = Body {
        name: label.name.clone(),
        place,
        block: Block {
            steps: Vec::new(),
            end: End::Value(checked),
        },
    };
    let nest = Nest {
        bodies: vec![body],
        label,
        each: None,
        variable: joined,
        success: Some((
            results,
            Block {
                steps: std::iter::once(keep).chain(block.steps).collect(),
                end: block.end,
            },
        )),
        failed,
    };
    Block {
        steps: vec![Step::Nest(Box::new(nest))],
        end,
    }
}

/// The text of the cause; without one, a text that cannot be read.
fn cause() -> Rc<Node> {
    let cause = Rc::new(Node::Source(Source::Cause));
    Rc::new(Node::Conditional {
        test: Node::function("exists", vec![Rc::clone(&cause)]),
        then: cause,
        otherwise: Rc::new(Node::Literal(json!(""))),
    })
}
