//! The table as data.

use std::ops::RangeInclusive;

const TEXT: &str = include_str!("../data/delivery-rows.md");

/// A line: each column as it stands there.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) what: String,
    /// What the server does, or which state a real one is in.
    pub(super) server: String,
    pub(super) error: String,
    pub(super) consequence: String,
    /// Empty for a real server.
    pub(super) breaker: String,
    pub(super) letter: String,
}

/// The lines under this heading.
pub(super) fn of(heading: &str) -> impl Iterator<Item = Row> {
    let (_, section) = TEXT
        .split_once(&format!("# {heading}\n"))
        .unwrap_or_else(|| panic!("there is no heading `{heading}`"));
    let lines = section.lines().take_while(|line| !line.starts_with('#'));
    // The first two lines are the heads of the columns and what stands under them.
    lines.filter(|line| line.starts_with('|')).skip(2).map(row)
}

fn row(line: &str) -> Row {
    let columns: Vec<String> = line
        .trim_matches('|')
        .split('|')
        .map(|column| column.trim().to_owned())
        .collect();
    let [what, server, error, consequence, rest @ ..] = &columns[..] else {
        panic!("a line of too few columns: {line}");
    };
    let [breaker, letter] = match rest {
        [letter] => [String::new(), letter.clone()],
        [breaker, letter] => [breaker.clone(), letter.clone()],
        _ => panic!("a line of too many or too few columns: {line}"),
    };
    Row {
        what: what.clone(),
        server: server.clone(),
        error: error.clone(),
        consequence: consequence.clone(),
        breaker,
        letter,
    }
}

impl Row {
    /// What the server does to one request after the other.
    pub(super) fn acts(&self) -> Vec<&str> {
        self.server.split("; ").collect()
    }

    /// The seconds of `again after 5 s` and `again after 30–45 s`.
    pub(super) fn seconds(&self) -> RangeInclusive<i64> {
        let words = self
            .consequence
            .strip_prefix("again after ")
            .and_then(|words| words.strip_suffix(" s"));
        let words = words.unwrap_or_else(|| panic!("nobody knows the consequence `{}`", self.consequence));
        let number = |word: &str| word.parse::<i64>().expect("a number of seconds");
        match words.split_once('–') {
            Some((from, to)) => number(from)..=number(to),
            None => number(words)..=number(words),
        }
    }
}
