//! The three kinds of expressions.

use jiff::civil::DateTime;

use crate::{Cron, ExpressionError, Rate};

/// The longest expression in characters. Source: `CreateSchedule`, `ScheduleExpression`.
const MOST: usize = 256;

/// When to fire, as EventBridge Scheduler writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// `rate(5 minutes)`: from the start on, or from the creation, and then again and again.
    Rate(Rate),
    /// `cron(0 9 ? * MON-FRI *)`: whenever clocks show that.
    Cron(Cron),
    /// `at(2026-12-24T18:00:00)`: once.
    At(DateTime),
}

impl Expression {
    /// Reads an expression of at most 256 characters.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let wrong = |detail: &str| ExpressionError::new("expression", detail, text, text);
        if text.chars().count() > MOST {
            let detail = format!("has more than {MOST} characters: write a shorter one");
            // It is not shown: it would fill the screen.
            return Err(ExpressionError::new("expression", detail, "", ""));
        }
        let inside = |name: &str| text.strip_prefix(name)?.strip_suffix(')');
        if let Some(inside) = inside("rate(") {
            Rate::parse(text, inside).map(Self::Rate)
        } else if let Some(inside) = inside("cron(") {
            Cron::parse(text, inside).map(Self::Cron)
        } else if let Some(inside) = inside("at(") {
            time(text, inside).map(Self::At)
        } else {
            Err(wrong(
                "must be rate(5 minutes), cron(0 9 * * ? *) or at(2030-01-31T09:30:00)",
            ))
        }
    }
}

/// `yyyy-mm-ddThh:mm:ss`, and nothing beside it.
fn time(whole: &str, inside: &str) -> Result<DateTime, ExpressionError> {
    let pattern = "dddd-dd-ddTdd:dd:dd";
    let fits = inside.len() == pattern.len()
        && (inside.bytes().zip(pattern.bytes())).all(|(byte, pattern)| match pattern {
            b'd' => byte.is_ascii_digit(),
            other => byte == other,
        });
    let wrong = |detail: &str| ExpressionError::new("time", detail, whole, inside);
    if !fits {
        return Err(wrong(
            "must be yyyy-mm-ddThh:mm:ss without an offset: write at(2030-01-31T09:30:00)",
        ));
    }
    // A leap second is none of a clock's times.
    let time = inside.parse().ok().filter(|_| !inside.ends_with(":60"));
    time.ok_or_else(|| wrong("is no time of the calendar: write at(2030-01-31T09:30:00)"))
}

#[cfg(test)]
mod tests {
    use super::Expression;

    #[test]
    fn what_means_nothing_is_told_with_its_place() {
        let cases = [
            ("", "expression", "^"),
            ("every day", "expression", "^^^^^^^^^"),
            ("rate(5 minutes", "expression", "^^^^^^^^^^^^^^"),
            ("rate()", "expression", "     ^"),
            ("rate(5)", "expression", "     ^"),
            ("rate(5 minutes 3)", "expression", "     ^^^^^^^^^^^"),
            ("rate(five minutes)", "value", "     ^^^^"),
            ("rate(0 minutes)", "value", "     ^"),
            ("rate(-1 minutes)", "value", "     ^^"),
            ("rate(99999999999 days)", "value", "     ^^^^^^^^^^^"),
            ("rate(36501 days)", "value", "     ^^^^^"),
            ("rate(5 weeks)", "unit", "       ^^^^^"),
            ("rate(5 Minutes)", "unit", "       ^^^^^^^"),
            ("at()", "time", "   ^"),
            ("at(2026-12-24)", "time", "   ^^^^^^^^^^"),
            ("at(2026-12-24T18:00:00Z)", "time", "   ^^^^^^^^^^^^^^^^^^^^"),
            ("at(2026-12-24 18:00:00)", "time", "   ^^^^^^^^^^^^^^^^^^^"),
            ("at(2026-02-30T18:00:00)", "time", "   ^^^^^^^^^^^^^^^^^^^"),
            ("at(2026-12-24T18:00:60)", "time", "   ^^^^^^^^^^^^^^^^^^^"),
            ("at(2026-12-24T24:00:00)", "time", "   ^^^^^^^^^^^^^^^^^^^"),
            ("ät", "expression", "^^"),
        ];
        for (text, part, mark) in cases {
            let error = Expression::parse(text).unwrap_err();
            assert_eq!(error.part(), part, "{text}: {error}");
            let shown = format!("{error:#}");
            assert_eq!(shown.lines().last().unwrap(), format!("  {mark}"), "{text}");
        }
        let long = format!("cron({} * * * ? *)", "0,".repeat(200));
        assert!(
            Expression::parse(&long)
                .unwrap_err()
                .to_string()
                .contains("256 characters")
        );
    }

    #[test]
    fn the_singular_is_a_unit_too() {
        assert_eq!(Expression::parse("rate(60 minutes)"), Expression::parse("rate(1 hour)"));
        assert_eq!(Expression::parse("rate( 24  hours )"), Expression::parse("rate(1 day)"));
    }
}
