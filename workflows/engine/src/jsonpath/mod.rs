//! The JSONPath query language, as Step Functions evaluates it.
//!
//! A [`Payload`] is a JSON value in which keys that end in `.$` hold paths or calls of intrinsic functions. A [`Path`]
//! starts from the data of the field (`$`), the context object (`$$`) or a variable (`$name`). A path that can only lead
//! to one value is walked here, with the errors that AWS has for what is missing; from the first step that may lead to
//! several values on, it is a query of RFC 9535 whose result is always an array.
//!
//! Sources: Amazon States Language, "Paths", "Reference Paths", "Payload Template", "Intrinsic Functions"; Step Functions
//! Developer Guide, "Processing input and output". Where a path leads nowhere, the texts are those of the JSONPath library
//! that AWS uses.

mod arrays;
mod call;
mod error;
mod filter;
mod numbers;
mod path;
mod payload;
mod place;
mod test;
mod texts;
mod typed;

pub(crate) use error::{PathError, RUNTIME};
pub(crate) use path::Path;
pub(crate) use payload::Payload;
pub(crate) use place::ResultPath;
pub(crate) use test::Test;
