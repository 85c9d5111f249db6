//! The syntax of paths: `$`, `$$` and `$name`, with what may follow them.
//!
//! Sources: Amazon States Language, "Paths" and "Reference Paths"; AWS developer guide, "Passing data between states with
//! variables". Names after a dot are taken as widely as AWS takes them (`$.a-b`), which is wider than RFC 9535.

/// What a path starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// `$`: the state's input or result.
    Data,
    /// `$$`: the context object.
    Context,
    /// `$name`: a variable, by its name without `$`.
    Variable(String),
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A member: `.name` or `['name']`.
    Name(String),
    /// An element: `[0]`, or `[-1]` from the end.
    Index(i64),
    /// Anything that may lead to several values, as a segment of RFC 9535: `[*]`, `..['name']`, `[1:3]`, `[?@.a < 1]`.
    Many(String),
    /// A function over what the path has led to, such as `length` of `.length()`.
    Function(String),
}

/// A well-formed path, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The path as it is written.
    pub text: String,
    /// What it starts from.
    pub root: Root,
    /// The steps from there.
    pub steps: Vec<Step>,
}

impl Path {
    /// The path in this text, if it is one. Blanks after it are forgiven, as AWS forgives them.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_end();
        let (root, mut rest) = root(text)?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = step(rest)?;
            steps.push(step);
            rest = after;
        }
        Some(Self {
            text: text.to_owned(),
            root,
            steps,
        })
    }

    /// Whether it can only lead to one value: no wildcards, filters, slices, unions, descents or functions.
    pub fn is_reference(&self) -> bool {
        self.steps
            .iter()
            .all(|step| matches!(step, Step::Name(_) | Step::Index(_)))
    }
}

/// The character a variable may start with, and those that may follow (Unicode Standard Annex 31).
pub(crate) fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(unicode_ident::is_xid_start) && chars.all(unicode_ident::is_xid_continue)
}

fn root(text: &str) -> Option<(Root, &str)> {
    let rest = text.strip_prefix('$')?;
    if let Some(rest) = rest.strip_prefix('$') {
        return Some((Root::Context, rest));
    }
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    match &rest[..end] {
        "" => Some((Root::Data, rest)),
        name => is_identifier(name).then(|| (Root::Variable(name.to_owned()), &rest[end..])),
    }
}

/// The step at the start of the text, and what follows it.
fn step(text: &str) -> Option<(Step, &str)> {
    if text.starts_with('[') {
        return bracket(text);
    }
    let rest = text.strip_prefix('.')?;
    if let Some(rest) = rest.strip_prefix('.') {
        return descent(rest);
    }
    // `$.[0]` is no path of RFC 9535, but one that AWS takes.
    if rest.starts_with('[') {
        return bracket(rest);
    }
    let (name, rest) = name(rest)?;
    let step = match name.strip_suffix("()") {
        Some(function) => Step::Function(function.to_owned()),
        None if name == "*" => Step::Many("[*]".into()),
        None => Step::Name(name.to_owned()),
    };
    Some((step, rest))
}

/// What follows `..`.
fn descent(text: &str) -> Option<(Step, &str)> {
    if text.starts_with('[') {
        let (step, rest) = bracket(text)?;
        return Some((Step::Many(format!("..{}", segment(&step))), rest));
    }
    let (name, rest) = name(text)?;
    let step = match name {
        "*" => "..[*]".to_owned(),
        name => format!("..{}", segment(&Step::Name(name.to_owned()))),
    };
    Some((Step::Many(step), rest))
}

/// The step as a segment of RFC 9535.
pub fn segment(step: &Step) -> String {
    match step {
        Step::Name(name) => format!("['{}']", name.replace('\\', "\\\\").replace('\'', "\\'")),
        Step::Index(index) => format!("[{index}]"),
        Step::Many(text) => text.clone(),
        Step::Function(name) => format!(".{name}()"),
    }
}

/// A name after a dot, or a function such as `length()`.
fn name(text: &str) -> Option<(&str, &str)> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let name = &text[..end];
    let plain = name.strip_suffix("()").unwrap_or(name);
    let fits = !plain.is_empty() && !plain.contains([' ', '\t', '\n', '\'', '"', ']', '(', ')', '$', '@', ',']);
    fits.then_some((name, &text[end..]))
}

/// `[…]`, with quotes and inner brackets respected.
fn bracket(text: &str) -> Option<(Step, &str)> {
    let end = closing(text)?;
    let inner = text[1..end].trim();
    let step = match inner {
        "" => return None,
        // The only script that people write: the last element.
        "(@.length-1)" | "(@.length - 1)" => Step::Many("[-1:]".into()),
        index if is_index(index) => Step::Index(index.parse().ok()?),
        quoted => match unquoted(quoted) {
            Some(name) => Step::Name(name),
            None => Step::Many(format!("[{inner}]")),
        },
    };
    Some((step, &text[end + 1..]))
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

/// The name in quotes of either kind, if the text is one. A backslash is a character like others, as AWS takes it, except
/// before the quote that would close the name.
fn unquoted(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let mut name = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' if text[at + 1..].starts_with(quote) => name.push(chars.next()?.1),
            c if c == quote => return (at + c.len_utf8() == text.len()).then_some(name),
            c => name.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(text: &str) -> Option<bool> {
        Path::parse(text).map(|path| path.is_reference())
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
            assert_eq!(Path::parse(text), None, "{text}");
        }
    }

    #[test]
    fn roots_are_told_apart() {
        let root = |text| Path::parse(text).map(|path| path.root);
        assert_eq!(root("$.a"), Some(Root::Data));
        assert_eq!(root("$$.a"), Some(Root::Context));
        assert_eq!(root("$a.b"), Some(Root::Variable("a".into())));
    }

    #[test]
    fn steps_are_taken_apart() {
        let steps = |text| -> Vec<String> { Path::parse(text).unwrap().steps.iter().map(segment).collect() };
        for (text, expected) in [
            ("$.a-b['c d'].e", &["['a-b']", "['c d']", "['e']"][..]),
            ("$['it\\'s'][\"q\"]", &["['it\\'s']", "['q']"]),
            ("$.a[0][-1]", &["['a']", "[0]", "[-1]"]),
            ("$..a.*", &["..['a']", "[*]"]),
            ("$.a[?(@.b < 10)].c", &["['a']", "[?(@.b < 10)]", "['c']"]),
            ("$.a.length()", &["['a']", ".length()"]),
            ("$['a','b']", &["['a','b']"]),
            ("$.[0]", &["[0]"]),
        ] {
            assert_eq!(steps(text), expected, "{text}");
        }
    }
}
