//! Typed expressions that exist while a workflow runs: the vocabulary shared by contracts and the builder.
//!
//! This crate does not know that a builder, a state machine or a Lambda exists. Contracts derive [`Shape`] for their
//! records, [`Cases`] for enums in data and [`ActivityError`] for the errors of an activity; the builder in `flow` turns
//! expressions into JSONata.
//!
//! ```
//! use expr::{Expr, Node, Shape, Source};
//!
//! /// What is to be greeted.
//! #[derive(serde::Serialize, serde::Deserialize, Shape)]
//! pub struct Guest {
//!     /// The name.
//!     pub name: String,
//!     /// Years, if known.
//!     pub age: Option<u32>,
//! }
//!
//! let guest: Expr<Guest> = Expr::from_node(Node::Source(Source::Input).into());
//! let greeting = guest.name.concat("!"); // a `String` that exists while the workflow runs
//! let age = guest.age.or(0u32); // an optional value is opened by a default, or by the builder's `if_some`
//! # let _ = (greeting, age);
//! ```

// The derives name this crate by its outside name, also in the tests inside it.
extern crate self as expr;

mod activity;
mod attribute;
mod cases;
mod context;
mod equality;
mod expression;
mod is;
mod lists;
mod node;
mod numbers;
mod operators;
mod range;
mod shape;
mod time;
mod token;
mod tuples;
mod untyped;

pub use activity::{Activity, ActivityError, NoError, NoErrorCase};
pub use attribute::{Attribute, Element, Item};
pub use cases::{Cases, Variant};
pub use context::{
    execution_arn, execution_name, execution_start, redrive_count, retry_count, state_entered, state_name,
};
pub use equality::Equatable;
pub use expr_derive::{ActivityError, Cases, Item, Shape};
pub use expression::Expr;
pub use is::{Is, Nothing, literal};
pub use node::{Absent, Node, Operator, Source, Written};
pub use numbers::{Number, Unsigned, Whole, random};
pub use operators::{Ordered, choose, constant};
pub use shape::{Never, Shape};
pub use time::now;
pub use token::TaskToken;
pub use untyped::untyped;

/// What the derives' code calls. Not for authors.
#[doc(hidden)]
pub mod derived {
    use std::rc::Rc;

    use crate::{Absent, Node};

    pub use serde_json;

    /// What the absence of a field with this default means. The default of an optional field may be that there is none.
    pub fn absent(default: serde_json::Value) -> Absent {
        match default {
            serde_json::Value::Null => Absent::Null,
            default => Absent::Default(default),
        }
    }

    /// A field of a record; its value, where the record is written out.
    pub fn member(of: &Rc<Node>, name: &str, absent: Absent) -> Rc<Node> {
        let written = match &**of {
            Node::Record(fields) => fields.iter().find(|(field, _)| field == name),
            _ => None,
        };
        written.map_or_else(|| Node::field(of, name, absent), |(_, value)| Rc::clone(value))
    }
}
