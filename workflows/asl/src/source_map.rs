//! From a JSON pointer to the place in the text.

use std::{fmt, ops::Range};

use crate::json::{Json, Member, Node};
use crate::{Pointer, pointer::Step};

/// Answers where in the text a value of the definition was written.
///
/// The model carries no positions; whoever has a [`Pointer`] and this map has the place.
#[derive(Clone, Debug)]
pub struct SourceMap {
    text: String,
    lines: Vec<usize>,
    root: Option<Node>,
}

/// A place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters (Unicode scalar values), from 1.
    pub column: usize,
    /// The bytes.
    pub span: Range<usize>,
    /// The part of that line around the spot, at most about a hundred bytes: generated definitions are one long line.
    pub excerpt: String,
    /// How many characters of the excerpt stand before the spot.
    pub indent: usize,
}

/// How many bytes of a line are shown before and after the start of the spot.
const BEFORE: usize = 40;
const AFTER: usize = 80;

impl SourceMap {
    pub(crate) fn new(text: &str, root: Option<Node>) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        Self {
            text: text.to_owned(),
            lines,
            root,
        }
    }

    /// The text of the definition.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The place of the value. Of something that is not there (a missing field), the place of the nearest object that is.
    pub fn value(&self, pointer: &Pointer) -> Option<Place> {
        self.find(pointer).map(|(_, node)| self.place(node.span.clone()))
    }

    /// The place of the key the value stands under; the value's own when it has none.
    pub fn key(&self, pointer: &Pointer) -> Option<Place> {
        self.find(pointer).map(|(member, node)| {
            self.place(member.map_or_else(|| node.span.clone(), |member| member.key_span.clone()))
        })
    }

    /// The place of a span of bytes.
    pub(crate) fn place(&self, span: Range<usize>) -> Place {
        let line = self.lines.partition_point(|start| *start <= span.start).max(1);
        let start = self.lines[line - 1];
        let end = self.lines.get(line).map_or(self.text.len(), |next| next - 1);
        let from = self
            .text
            .floor_char_boundary(span.start.saturating_sub(BEFORE).max(start));
        let to = self.text.floor_char_boundary((span.start + AFTER).min(end));
        let count = |from: usize| self.text[from..span.start].chars().count();
        Place {
            line,
            column: count(start) + 1,
            excerpt: self.text[from..to].trim_end_matches('\r').to_owned(),
            indent: count(from),
            span,
        }
    }

    fn find(&self, pointer: &Pointer) -> Option<(Option<&Member>, &Node)> {
        let mut found = (None, self.root.as_ref()?);
        for step in pointer.steps() {
            match child(found.1, step) {
                Some(next) => found = next,
                None => break,
            }
        }
        Some(found)
    }
}

fn child<'a>(node: &'a Node, step: &Step) -> Option<(Option<&'a Member>, &'a Node)> {
    match (&node.json, step) {
        (Json::Object(members), Step::Key(name)) => members
            .iter()
            .rfind(|member| member.key == *name)
            .map(|member| (Some(member), &member.value)),
        (Json::Array(items), Step::Index(index)) => items.get(*index).map(|item| (None, item)),
        _ => None,
    }
}

impl Place {
    /// The line with a caret under the spot, as a compiler shows it: two lines without a newline at the end.
    pub fn underlined(&self) -> impl fmt::Display + '_ {
        Underlined(self)
    }
}

struct Underlined<'a>(&'a Place);

impl fmt::Display for Underlined<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place {
            line,
            span,
            excerpt,
            indent,
            ..
        } = self.0;
        let shown = excerpt.replace('\t', " ");
        let mut bytes = 0;
        let covered = excerpt.chars().skip(*indent).take_while(|c| {
            bytes += c.len_utf8();
            bytes <= span.len()
        });
        let width = covered.count().max(1);
        let margin = line.to_string();
        let pad = " ".repeat(margin.len());
        writeln!(f, "{margin} | {shown}")?;
        write!(f, "{pad} | {}{}", " ".repeat(*indent), "^".repeat(width))
    }
}
