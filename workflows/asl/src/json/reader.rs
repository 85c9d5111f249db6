//! From text to [`Node`]s.

use std::ops::Range;

use super::literal;
use super::{Json, Member, Node};

/// How deep lists and objects may stand inside each other. The limit of `serde_json`, so that whatever is read here can
/// also be read back by the tools that take the printed text.
const MAX_DEPTH: usize = 128;

/// Why a text is not JSON, and the bytes at fault.
#[derive(Clone, Debug)]
pub(crate) struct SyntaxError {
    pub(crate) message: String,
    pub(crate) span: Range<usize>,
    pub(crate) too_deep: bool,
}

/// Reads the whole text as one JSON value (RFC 8259).
pub(crate) fn read(text: &str) -> Result<Node, SyntaxError> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    reader.space();
    let node = reader.value()?;
    reader.space();
    match reader.peek() {
        None => Ok(node),
        Some(_) => Err(reader.unexpected("end of input")),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

type Read<T> = Result<T, SyntaxError>;

impl Reader<'_> {
    fn value(&mut self) -> Read<Node> {
        let start = self.at;
        let json = match self.peek() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => Json::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(byte) if byte.is_ascii_alphabetic() || byte >= 0x80 => self.word()?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Node {
            span: start..self.at,
            json,
        })
    }

    fn nested(&mut self, inner: impl Fn(&mut Self) -> Read<Json>) -> Read<Json> {
        if self.depth == MAX_DEPTH {
            let message = format!("lists and objects stand more than {MAX_DEPTH} deep inside each other");
            return Err(SyntaxError {
                message,
                span: self.at..self.at + 1,
                too_deep: true,
            });
        }
        self.depth += 1;
        self.at += 1;
        self.space();
        let json = inner(self)?;
        self.depth -= 1;
        Ok(json)
    }

    fn object(&mut self) -> Read<Json> {
        let mut members = Vec::new();
        while !self.take(b'}') {
            self.separator(members.is_empty(), "comma to separate Object entries")?;
            members.push(self.member()?);
            self.space();
        }
        Ok(Json::Object(members))
    }

    fn member(&mut self) -> Read<Member> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("double-quote to start field name"));
        }
        let key = self.string()?;
        let key_span = start..self.at;
        self.space();
        if !self.take(b':') {
            return Err(self.unexpected("a colon to separate field name and value"));
        }
        self.space();
        Ok(Member {
            key,
            key_span,
            value: self.value()?,
        })
    }

    fn array(&mut self) -> Read<Json> {
        let mut items = Vec::new();
        while !self.take(b']') {
            self.separator(items.is_empty(), "comma to separate Array entries")?;
            items.push(self.value()?);
            self.space();
        }
        Ok(Json::Array(items))
    }

    fn separator(&mut self, first: bool, expected: &str) -> Read<()> {
        if first {
            return Ok(());
        }
        if !self.take(b',') {
            return Err(self.unexpected(expected));
        }
        self.space();
        Ok(())
    }

    fn string(&mut self) -> Read<String> {
        let (value, end) = literal::string(self.text, self.at)?;
        self.at = end;
        Ok(value)
    }

    fn number(&mut self) -> Read<Json> {
        let (value, end) = literal::number(self.text, self.at)?;
        self.at = end;
        Ok(Json::Number(value))
    }

    fn word(&mut self) -> Read<Json> {
        let rest = &self.text[self.at..];
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$')
            .unwrap_or(rest.len());
        let json = match &rest[..end] {
            "null" => Json::Null,
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            _ => return Err(self.unrecognized(end)),
        };
        self.at += end;
        Ok(json)
    }

    fn unrecognized(&self, length: usize) -> SyntaxError {
        let length = length.max(self.text[self.at..].chars().next().map_or(0, char::len_utf8));
        let word = &self.text[self.at..self.at + length];
        SyntaxError {
            message: format!(
                "Unrecognized token '{word}': was expecting (JSON String, Number, Array, Object or token 'null', \
                 'true' or 'false')"
            ),
            span: self.at..self.at + length,
            too_deep: false,
        }
    }

    fn unexpected(&self, expected: &str) -> SyntaxError {
        match self.text[self.at..].chars().next() {
            Some(found) => SyntaxError {
                message: format!(
                    "Unexpected character ({found:?} (code {})): was expecting {expected}",
                    found as u32
                ),
                span: self.at..self.at + found.len_utf8(),
                too_deep: false,
            },
            None => SyntaxError {
                message: format!("Unexpected end-of-input: was expecting {expected}"),
                span: self.at..self.at,
                too_deep: false,
            },
        }
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}
