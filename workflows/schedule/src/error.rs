//! What is wrong with an expression.

use std::fmt;

/// An expression that means nothing: which part of it, why, and what would be right.
///
/// `{}` is one line; `{:#}` shows the expression below it, with the part underlined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionError {
    part: &'static str,
    detail: String,
    expression: String,
    /// Where the part stands, in characters.
    place: (usize, usize),
}

impl ExpressionError {
    /// `found` is the part of `expression` that is wrong: a piece of that very string.
    pub(crate) fn new(part: &'static str, detail: impl Into<String>, expression: &str, found: &str) -> Self {
        let begin = (found.as_ptr() as usize).saturating_sub(expression.as_ptr() as usize);
        let before = expression.get(..begin).unwrap_or(expression);
        Self {
            part,
            detail: detail.into(),
            expression: expression.to_owned(),
            place: (before.chars().count(), found.chars().count()),
        }
    }

    /// The part that is wrong: `expression`, `minutes`, `hours`, `day of month`, `month`, `day of week`, `year`, `value`,
    /// `unit` or `time`.
    pub fn part(&self) -> &'static str {
        self.part
    }

    /// What is wrong with it and what would be right.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.part, self.detail)?;
        if f.alternate() {
            let (begin, length) = self.place;
            // A control character would break the line that the mark stands under.
            let shown: String = (self.expression.chars())
                .map(|char| if char.is_control() { ' ' } else { char })
                .collect();
            write!(f, "\n  {shown}\n  {}{}", " ".repeat(begin), "^".repeat(length.max(1)))?;
        }
        Ok(())
    }
}

impl std::error::Error for ExpressionError {}
