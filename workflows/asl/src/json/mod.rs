//! JSON that remembers where everything stood.
//!
//! `serde_json` gives values without places and keeps the last of two equal keys. A definition is checked for people who
//! read it in an editor, so each key and value keeps its byte span, and equal keys are all there to be reported.

mod literal;
mod node;
mod reader;

pub(crate) use node::{Json, Member, Node};
pub(crate) use reader::{SyntaxError, read};
