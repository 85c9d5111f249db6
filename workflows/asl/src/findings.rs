//! All findings of one definition.

use std::fmt;
use std::ops::Deref;

use crate::{Finding, Severity, SourceMap};

/// How many findings are kept of one definition. Nobody reads more, and a definition of a megabyte could give a hundred
/// thousand.
const MOST: usize = 1_000;

/// Everything that was found in one definition, in the order of the checks, up to a thousand. A slice of [`Finding`]s.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    /// The errors alone.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.iter().filter(|finding| finding.severity() == Severity::Error)
    }

    /// One line for each, as a compiler writes it: `file:line:column: severity: message`. `{:#}` adds the excerpts.
    pub fn render<'a>(&'a self, file: &'a str) -> impl fmt::Display + 'a {
        Rendered { findings: self, file }
    }

    /// The text of AWS's `InvalidDefinition` error for these errors.
    ///
    /// Source: recorded answers of `CreateStateMachine`.
    pub fn aws_message(&self) -> String {
        let all: Vec<_> = self.errors().map(aws_text).collect();
        format!("Invalid State Machine Definition: '{}'", all.join(", "))
    }

    pub(crate) fn locate(&mut self, source: &SourceMap) {
        self.0.iter_mut().for_each(|finding| finding.locate(source));
    }

    pub(crate) fn forget_places(mut self) -> Self {
        self.0.iter_mut().for_each(|finding| finding.place = None);
        self
    }
}

fn aws_text(finding: &Finding) -> String {
    let location = finding.location.as_deref().unwrap_or("null");
    format!("{}: {} at {location}", finding.code(), finding.aws_message())
}

impl Deref for Findings {
    type Target = [Finding];

    fn deref(&self) -> &[Finding] {
        &self.0
    }
}

impl From<Vec<Finding>> for Findings {
    /// Keeps the first thousand. No error makes way for a warning.
    fn from(mut findings: Vec<Finding>) -> Self {
        if findings.len() > MOST {
            findings.sort_by_key(|finding| finding.severity() == Severity::Warning);
            findings.truncate(MOST);
        }
        Self(findings)
    }
}

impl IntoIterator for Findings {
    type Item = Finding;
    type IntoIter = std::vec::IntoIter<Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.errors().next().or(self.first()) {
            Some(first) if self.len() > 1 => write!(f, "{first} (and {} more)", self.len() - 1),
            Some(first) => first.fmt(f),
            None => f.write_str("nothing was found"),
        }
    }
}

impl std::error::Error for Findings {}

struct Rendered<'a> {
    findings: &'a Findings,
    file: &'a str,
}

impl fmt::Display for Rendered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.findings.iter().try_for_each(|finding| {
            if f.alternate() {
                writeln!(f, "{}:{finding:#}", self.file)
            } else {
                writeln!(f, "{}:{finding}", self.file)
            }
        })
    }
}
