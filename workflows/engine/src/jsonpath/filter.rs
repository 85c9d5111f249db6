//! Filters, from the dialect that AWS takes to RFC 9535.
//!
//! The differences: names after a dot may hold any characters (`@.order-id`), `=~ /…/i` matches a regular expression, and
//! `in` and `nin` look into a list, and a word after an operator is a text without its quotes. Everything else is written
//! alike.
//!
//! Source: the documentation of the JSONPath library that AWS uses, "Filter Operators"; sample workflows that AWS
//! publishes, for the words.

use std::fmt::{Arguments, Write as _};

/// Where a name after a dot ends.
const ENDS: &str = " \t.[](),=<>!&|'\"";

/// A segment with its filters rewritten. What is not understood is left as it is, for the parser to refuse.
pub(super) fn to_rfc(segment: &str) -> String {
    let mut writer = Writer {
        rest: segment,
        out: String::with_capacity(segment.len() + 16),
        operand: 0,
    };
    while writer.step().is_some() {}
    writer.out
}

/// Whether a filter of the segment reads from the root, so that it has to see all of it.
pub(super) fn reads_root(segment: &str) -> bool {
    segment.contains('?') && segment.contains('$')
}

/// The names of `['a','b']`, which asks for an object with these members.
pub(super) fn names(segment: &str) -> Option<Box<[String]>> {
    let (items, after) = elements(segment.strip_prefix('[')?)?;
    let quoted = |item: &&str| match asl::path::Path::parse(&format!("$[{item}]"))?.steps.pop()? {
        asl::path::Step::Name(name) => Some(name),
        _ => None,
    };
    let names: Option<Box<[String]>> = items.iter().map(quoted).collect();
    names.filter(|_| after.is_empty())
}

struct Writer<'t> {
    rest: &'t str,
    out: String,
    /// Where the last path begins in what is written.
    operand: usize,
}

impl Writer<'_> {
    /// Takes one token; `None` at the end.
    fn step(&mut self) -> Option<()> {
        let next = self.rest.chars().next()?;
        let after_word = self.out.ends_with([' ', ']', ')']);
        match next {
            '\'' | '"' => self.quoted(next),
            '@' | '$' => {
                self.operand = self.out.len();
                self.take(1);
                self.path();
            }
            '=' if self.rest.starts_with("=~") => self.matching().unwrap_or_else(|| self.take(2)),
            'i' if after_word && self.rest.starts_with("in ") => self.membership("in", ""),
            'n' if after_word && self.rest.starts_with("nin ") => self.membership("nin", "!"),
            letter if letter.is_alphabetic() && self.out.trim_end().ends_with(['=', '<', '>']) => self.word(),
            other => self.take(other.len_utf8()),
        }
        Some(())
    }

    fn take(&mut self, bytes: usize) {
        let (taken, rest) = self.rest.split_at(bytes);
        self.out.push_str(taken);
        self.rest = rest;
    }

    fn put(&mut self, text: Arguments<'_>) {
        // Writing to a text cannot fail.
        let _ = self.out.write_fmt(text);
    }

    fn quoted(&mut self, quote: char) {
        self.take(quoted(self.rest, quote));
    }

    /// A word that is compared with.
    fn word(&mut self) {
        let end = self.rest.find(|c| ENDS.contains(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        if matches!(word, "true" | "false" | "null") || rest.starts_with('(') {
            return self.take(end);
        }
        self.put(format_args!("'{word}'"));
        self.rest = rest;
    }

    /// What follows `@` or `$`.
    fn path(&mut self) {
        loop {
            if let Some(named) = self.rest.strip_prefix('.').filter(|rest| !rest.starts_with('.')) {
                let end = named.find(|c| ENDS.contains(c)).unwrap_or(named.len());
                if end == 0 || named[..end].starts_with('*') || named[end..].starts_with('(') {
                    return;
                }
                self.put(format_args!("['{}']", named[..end].replace('\\', "\\\\")));
                self.rest = &named[end..];
            } else if self.rest.starts_with('[') {
                let Some(end) = self.rest.find(']') else { return };
                self.take(end + 1);
            } else {
                return;
            }
        }
    }

    /// `path =~ /regex/flags`, which has to match as a whole.
    fn matching(&mut self) -> Option<()> {
        let pattern = self.rest[2..].trim_start().strip_prefix('/')?;
        let end = unescaped(pattern, '/')?;
        let (regex, after) = (&pattern[..end], &pattern[end + 1..]);
        let flags = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let folds = if after[..flags].contains('i') { "(?i)" } else { "" };
        let operand = self.out.split_off(self.operand);
        let regex = regex.replace("\\/", "/").replace('\\', "\\\\").replace('\'', "\\'");
        self.put(format_args!("match({}, '{folds}{regex}')", operand.trim_end()));
        self.rest = &after[flags..];
        Some(())
    }

    /// `path in [a, b]`, written as comparisons.
    fn membership(&mut self, word: &str, not: &str) {
        let list = self.rest[word.len()..].trim_start();
        let Some((items, after)) = list.strip_prefix('[').and_then(elements) else {
            return self.take(word.len());
        };
        let operand = self.out.split_off(self.operand);
        let operand = operand.trim_end();
        let tests: Vec<String> = items.iter().map(|item| format!("{operand} == {item}")).collect();
        let tests = if tests.is_empty() {
            "false == true".to_owned()
        } else {
            tests.join(" || ")
        };
        self.put(format_args!("{not}({tests})"));
        self.rest = &list[list.len() - after.len()..];
    }
}

/// How long the quoted text at the start is, with its quotes.
fn quoted(text: &str, quote: char) -> usize {
    unescaped(&text[1..], quote).map_or(text.len(), |end| end + 2)
}

/// Where a character stands that no backslash precedes.
fn unescaped(text: &str, wanted: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let found = c == wanted && !escaped;
        escaped = c == '\\' && !escaped;
        found.then_some(at)
    })
}

/// The elements up to the closing bracket, and what follows it.
fn elements(text: &str) -> Option<(Vec<&str>, &str)> {
    let (mut items, mut start, mut at) = (Vec::new(), 0, 0);
    loop {
        let c = text[at..].chars().next()?;
        match c {
            '\'' | '"' => at += quoted(&text[at..], c),
            ',' | ']' => {
                let item = text[start..at].trim();
                items.extend((!item.is_empty()).then_some(item));
                at += 1;
                start = at;
                if c == ']' {
                    return Some((items, &text[at..]));
                }
            }
            other => at += other.len_utf8(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_written_as_the_rfc_writes_them() {
        for (filter, rfc) in [
            ("[?(@.a < 10)]", "[?(@['a'] < 10)]"),
            (
                "[?(@.order-id == 'a.b' && @['c'].d)]",
                "[?(@['order-id'] == 'a.b' && @['c']['d'])]",
            ),
            ("[?(@.a == $.x-y)]", "[?(@['a'] == $['x-y'])]"),
            ("[?(@.a =~ /it's \\/ .*/i)]", "[?(match(@['a'], '(?i)it\\'s / .*'))]"),
            (
                "[?(@.a in ['x', ']', 1])]",
                "[?((@['a'] == 'x' || @['a'] == ']' || @['a'] == 1))]",
            ),
            ("[?(@.a nin [])]", "[?(!(false == true))]"),
            ("[?(@.in == 'in ')]", "[?(@['in'] == 'in ')]"),
            ("[?(@.a.length() > 1)]", "[?(@['a'].length() > 1)]"),
            ("[?(@.a == es && true == @.b)]", "[?(@['a'] == 'es' && true == @['b'])]"),
            ("[?(@.a==TOTAL_X)]", "[?(@['a']=='TOTAL_X')]"),
            ("[?(@..a)]", "[?(@..a)]"),
            ("[?(@.été)]", "[?(@['été'])]"),
            ("['a','b']", "['a','b']"),
            ("[?(@.a =~ 'x')]", "[?(@['a'] =~ 'x')]"),
            ("[?(@.a == 'open", "[?(@['a'] == 'open"),
        ] {
            assert_eq!(to_rfc(filter), rfc, "{filter}");
        }
    }
}
