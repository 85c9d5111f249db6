//! Small pieces of pages.

use std::fmt;

use jiff::Timestamp;
use serde_json::Value;

use crate::run::Outcome;

/// Markup that is safe to stand in a page: whatever came from outside in it has been escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Markup(String);

impl Markup {
    /// An SVG or HTML text whose parts were escaped where it was made.
    pub(crate) fn made(text: String) -> Self {
        Self(text)
    }
}

impl Markup {
    /// A text in which what stands between backticks is code.
    pub(crate) fn prose(text: &str) -> Self {
        let mut markup = String::with_capacity(text.len());
        for (number, part) in text.split('`').enumerate() {
            let code = number % 2 == 1;
            markup.push_str(if code { "<code>" } else { "" });
            for char in part.chars() {
                match char {
                    '&' => markup.push_str("&amp;"),
                    '<' => markup.push_str("&lt;"),
                    '>' => markup.push_str("&gt;"),
                    other => markup.push(other),
                }
            }
            markup.push_str(if code { "</code>" } else { "" });
        }
        Self(markup)
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Markup {}

/// A time: UTC, until a script shows it in the reader's zone.
pub(crate) fn time(at: Timestamp) -> Markup {
    let exact = at.to_string();
    let short = exact.replace('T', " ");
    let short = short.split(['.', 'Z']).next().unwrap_or(&short);
    Markup(format!(
        "<time datetime=\"{exact}\" title=\"{exact}\">{short} UTC</time>"
    ))
}

/// A time that may be missing.
pub(crate) fn time_or_dash(at: Option<Timestamp>) -> Markup {
    at.map_or_else(|| Markup("<span class=\"quiet\">–</span>".to_owned()), time)
}

/// How something stands, as sign and words.
pub(crate) fn badge(outcome: Outcome) -> Markup {
    Markup(format!(
        "<span class=\"badge {}\"><span aria-hidden=\"true\">{}</span> {}</span>",
        outcome.class(),
        outcome.sign(),
        outcome.words()
    ))
}

/// The status of an execution in the same signs.
pub(crate) fn status_outcome(status: &str) -> Outcome {
    match status {
        "RUNNING" => Outcome::Running,
        "SUCCEEDED" => Outcome::Succeeded,
        "TIMED_OUT" => Outcome::TimedOut,
        "ABORTED" => Outcome::Aborted,
        _ => Outcome::Failed,
    }
}

/// How long something took, in the two largest units that say something.
pub(crate) fn duration(from: Timestamp, to: Timestamp) -> String {
    let milliseconds = (to.as_millisecond() - from.as_millisecond()).max(0);
    let seconds = milliseconds / 1_000;
    match seconds {
        0 => format!("{milliseconds} ms"),
        1..60 => format!("{seconds}.{} s", milliseconds % 1_000 / 100),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

/// The most bytes of one text that a page shows; the whole text is behind a link.
pub(crate) const SHOWN: usize = 32 * 1_024;

/// JSON as it is shown: indented, and cut where it is long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) text: String,
    pub(crate) cut: bool,
}

/// Shows a JSON text.
pub(crate) fn shown(json: &str) -> Shown {
    // What is longer is cut anyway, and need not be parsed for that.
    let parsed = (json.len() <= SHOWN)
        .then(|| serde_json::from_str::<Value>(json).ok())
        .flatten();
    cut(parsed.map_or_else(|| json.to_owned(), |value| format!("{value:#}")))
}

/// Cuts a long text at the end of a character.
pub(crate) fn cut(mut text: String) -> Shown {
    let whole = text.len();
    text.truncate(text.floor_char_boundary(SHOWN));
    Shown {
        cut: text.len() < whole,
        text,
    }
}

/// A text as one part of a path or a value in a query.
pub(crate) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~:".contains(&byte);
    let one = |byte: u8| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Markup, SHOWN, cut, duration, encoded, shown, time};

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).unwrap()
    }

    #[test]
    fn durations_have_the_units_that_matter() {
        let of = |milliseconds| duration(at(0), at(milliseconds));
        assert_eq!(
            [of(0), of(999), of(1_250), of(61_000)],
            ["0 ms", "999 ms", "1.2 s", "1 min 1 s"]
        );
        assert_eq!([of(3_660_000), of(90_000_000)], ["1 h 1 min", "1 d 1 h"]);
        assert_eq!(duration(at(5), at(0)), "0 ms");
    }

    #[test]
    fn prose_has_code_and_no_markup_of_its_own() {
        let prose = |text| Markup::prose(text).to_string();
        assert_eq!(prose("Say `a<b>` & go"), "Say <code>a&lt;b&gt;</code> &amp; go");
        assert_eq!(prose("one ` alone"), "one <code> alone</code>");
    }

    #[test]
    fn a_time_is_exact_for_machines_and_short_for_people() {
        assert_eq!(
            time(at(1_500)).to_string(),
            "<time datetime=\"1970-01-01T00:00:01.5Z\" title=\"1970-01-01T00:00:01.5Z\">1970-01-01 00:00:01 UTC</time>"
        );
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let long = "é".repeat(SHOWN);
        let cut = cut(long);
        assert!(cut.cut && cut.text.len() <= SHOWN && cut.text.chars().all(|char| char == 'é'));
        assert_eq!(shown(r#"{"a":1}"#).text, "{\n  \"a\": 1\n}");
        assert!(!shown("no json").cut);
    }

    #[test]
    fn a_text_is_one_part_of_an_address() {
        assert_eq!(encoded("a b/ü\"?&"), "a%20b%2F%C3%BC%22%3F%26");
    }
}
