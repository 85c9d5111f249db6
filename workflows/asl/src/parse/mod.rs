//! From text to the model.
//!
//! The parser checks what the model cannot express: unknown fields, wrong types, fields that exclude each other, fields of
//! the other query language. Rules about values and transitions are [`validate`](crate::validate)'s. It reads on after a
//! finding, so that one run shows them all.

mod choice;
mod error_handling;
mod fields;
mod map;
mod object;
mod sink;
mod state;
mod states;
mod unknown;

use std::collections::HashSet;

use serde_json::Value;

use crate::json::{self, Json, Node, SyntaxError};
use crate::validate::Partial;
use crate::{Finding, Findings, Kind, Options, Pointer, QueryLanguage, SourceMap, StateMachine};

pub use unknown::distance;
pub(crate) use unknown::similar;

use object::Object;
use sink::Sink;

/// A definition that was read.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The model, which has no positions.
    pub machine: StateMachine,
    /// Where everything stood in the text.
    pub source: SourceMap,
    /// What people should look at although the definition is accepted. Empty after [`parse`].
    pub warnings: Findings,
}

/// Reads a definition, without checking what it means.
///
/// # Errors
/// All findings: a text that is not JSON gives one, anything else as many as there are.
pub fn parse(text: &str) -> Result<Parsed, Findings> {
    read(text).finish()
}

/// Reads a definition and applies every rule to it.
///
/// Rules about values and transitions are applied even when some fields could not be read.
///
/// # Errors
/// All findings, warnings among them, as soon as one of them is an error.
pub fn check(text: &str, options: &Options) -> Result<Parsed, Findings> {
    let mut read = read(text);
    if let Some(machine) = &read.machine {
        let partial = Partial {
            machine,
            lost: &read.lost,
        };
        let all: Vec<_> = read.findings.into_iter().chain(partial.findings(*options)).collect();
        read.findings = all.into();
        read.findings.locate(&read.source);
    }
    read.finish()
}

impl StateMachine {
    /// Reads a definition that already is a JSON value.
    ///
    /// # Errors
    /// As [`parse`]; the findings have pointers but no places.
    pub fn from_json(value: &Value) -> Result<Self, Findings> {
        parse(&value.to_string())
            .map(|parsed| parsed.machine)
            .map_err(Findings::forget_places)
    }
}

struct Read {
    machine: Option<StateMachine>,
    lost: HashSet<Pointer>,
    findings: Findings,
    source: SourceMap,
}

impl Read {
    fn finish(self) -> Result<Parsed, Findings> {
        match self.machine {
            Some(machine) if !self.findings.has_errors() => Ok(Parsed {
                machine,
                source: self.source,
                warnings: self.findings,
            }),
            _ => Err(self.findings),
        }
    }
}

fn read(text: &str) -> Read {
    let sink = Sink::default();
    let (machine, root) = match json::read(text) {
        Ok(node) => (top(&node, &sink), Some(node)),
        Err(error) => {
            sink.push(syntax(text, &error));
            (None, None)
        }
    };
    let source = SourceMap::new(text, root);
    let (mut findings, lost) = sink.finish();
    findings.locate(&source);
    Read {
        machine,
        lost,
        findings,
        source,
    }
}

fn top(node: &Node, sink: &Sink) -> Option<StateMachine> {
    let Json::Object(members) = &node.json else {
        sink.push(not_an_object());
        return None;
    };
    duplicates(node, &Pointer::root(), sink);
    let language = QueryLanguage::JSONPath;
    states::machine(Object {
        members,
        pointer: Pointer::root(),
        language,
        sink,
    })
}

fn not_an_object() -> Finding {
    Finding::new(
        Kind::NotAnObject,
        &Pointer::root(),
        "Definition must be a valid JSON object",
    )
    .nowhere()
}

/// AWS answers an empty text as something that is no object rather than as bad JSON.
fn syntax(text: &str, error: &SyntaxError) -> Finding {
    if text.trim().is_empty() {
        return not_an_object();
    }
    let source = SourceMap::new(text, None);
    let end = source.place(error.span.end..error.span.end);
    let location = format!(
        "[Source: (String){}; line: {}, column: {}]",
        quoted(text),
        end.line,
        end.column
    );
    let kind = if error.too_deep { Kind::TooDeep } else { Kind::Syntax };
    let finding = Finding::new(kind, &Pointer::root(), error.message.clone());
    Finding {
        place: Some(source.place(error.span.clone())),
        location: Some(location),
        ..finding
    }
}

/// How much of the text AWS quotes.
const QUOTED: usize = 500;

fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("\"{}\"[truncated {} chars]", &text[..end], text[end..].chars().count()),
        None => format!("\"{text}\""),
    }
}

/// Reports equal keys of one object, everywhere.
fn duplicates(node: &Node, pointer: &Pointer, sink: &Sink) {
    match &node.json {
        Json::Object(members) => {
            let mut seen = HashSet::new();
            for member in members {
                let here = pointer.key(&member.key);
                if !seen.insert(&member.key) {
                    sink.push(Finding::new(
                        Kind::DuplicateKey,
                        &here,
                        format!("Duplicate field '{}'", member.key),
                    ));
                }
                duplicates(&member.value, &here, sink);
            }
        }
        Json::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, item)| duplicates(item, &pointer.index(at), sink));
        }
        _ => {}
    }
}
