//! The syntax of paths: `$`, `$$` and `$name`, with what may follow them.
//!
//! Sources: Amazon States Language, "Paths" and "Reference Paths"; AWS developer guide, "Passing data between states with
//! variables". Names after a dot are taken as widely as AWS takes them (`$.a-b`), which is wider than RFC 9535.

/// What a path starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    /// `$`: the state's input or result.
    Data,
    /// `$$`: the context object.
    Context,
    /// `$name`: a variable.
    Variable,
}

/// What is known of a well-formed path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) root: Root,
    /// Whether it can only lead to one value: no wildcards, filters, slices, unions or descents.
    pub(crate) reference: bool,
}

/// The path in this text, if it is one. Blanks after it are forgiven, as AWS forgives them.
pub(crate) fn path(text: &str) -> Option<Path> {
    let (root, mut rest) = root(text.trim_end())?;
    let mut reference = true;
    while !rest.is_empty() {
        let step = step(rest)?;
        reference &= step.single;
        rest = step.rest;
    }
    Some(Path { root, reference })
}

/// The character a variable may start with, and those that may follow (Unicode Standard Annex 31).
pub(crate) fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(unicode_ident::is_xid_start) && chars.all(unicode_ident::is_xid_continue)
}

struct Step<'a> {
    single: bool,
    rest: &'a str,
}

fn root(text: &str) -> Option<(Root, &str)> {
    let rest = text.strip_prefix('$')?;
    if let Some(rest) = rest.strip_prefix('$') {
        return Some((Root::Context, rest));
    }
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    match &rest[..end] {
        "" => Some((Root::Data, rest)),
        name => is_identifier(name).then_some((Root::Variable, &rest[end..])),
    }
}

fn step(text: &str) -> Option<Step<'_>> {
    if text.starts_with('[') {
        return bracket(text);
    }
    let rest = text.strip_prefix('.')?;
    let (descends, rest) = match rest.strip_prefix('.') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    // `$.[0]` is no path of RFC 9535, but one that AWS takes.
    if rest.starts_with('[') {
        return bracket(rest).map(|step| Step {
            single: step.single && !descends,
            ..step
        });
    }
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    let name = &rest[..end];
    let single = !descends && name != "*" && !name.ends_with("()");
    is_name(name).then_some(Step {
        single,
        rest: &rest[end..],
    })
}

/// A name after a dot, or a function such as `length()`.
fn is_name(name: &str) -> bool {
    let plain = name.strip_suffix("()").unwrap_or(name);
    !plain.is_empty() && !plain.contains([' ', '\t', '\n', '\'', '"', ']', '(', ')', '$', '@', ','])
}

/// `[…]`, with quotes and inner brackets respected.
fn bracket(text: &str) -> Option<Step<'_>> {
    let end = closing(text)?;
    let inner = text[1..end].trim();
    (!inner.is_empty()).then(|| Step {
        single: is_index(inner) || is_quoted(inner),
        rest: &text[end + 1..],
    })
}

fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if open == c => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') if depth == 1 => return Some(at),
            (None, ']') => depth -= 1,
            _ => {}
        }
    }
    None
}

fn is_index(inner: &str) -> bool {
    let digits = inner.strip_prefix('-').unwrap_or(inner);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_quoted(inner: &str) -> bool {
    let quoted = |quote| inner.starts_with(quote) && closing_quote(inner, quote) == Some(inner.len() - 1);
    quoted('\'') || quoted('"')
}

/// Where the quote that opens at the start closes.
fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().skip(1).find_map(|(at, c)| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        closes.then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(text: &str) -> Option<bool> {
        path(text).map(|path| path.reference)
    }

    #[test]
    fn reference_paths_lead_to_one_value() {
        for text in [
            "$",
            "$$",
            "$.a",
            "$.a-b.c",
            "$['a b'].c",
            "$.a[0]",
            "$$.Task.Token",
            "$name.a[3]",
            "$.été",
        ] {
            assert_eq!(reference(text), Some(true), "{text}");
        }
    }

    #[test]
    fn other_paths_may_lead_to_several() {
        for text in [
            "$.*",
            "$..a",
            "$.a[*]",
            "$.a[1:3]",
            "$.a[0,1]",
            "$.a[?(@.b < 10)].c",
            "$.a[(@.length-1)]",
            "$.a.length()",
        ] {
            assert_eq!(reference(text), Some(false), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_paths() {
        for text in [
            "",
            "a",
            "bug$.x",
            "$.",
            "$.a.",
            "$a b",
            "$$23",
            "$$$",
            "$.a[",
            "$.a[]",
            "$.a b",
            "$.a]",
            "States.UUID()",
        ] {
            assert_eq!(path(text), None, "{text}");
        }
    }

    #[test]
    fn roots_are_told_apart() {
        let root = |text| path(text).map(|path| path.root);
        assert_eq!(root("$.a"), Some(Root::Data));
        assert_eq!(root("$$.a"), Some(Root::Context));
        assert_eq!(root("$a.b"), Some(Root::Variable));
    }
}
