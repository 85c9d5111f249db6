//! What is wrong with a definition, and where.

use std::fmt;

use crate::{Kind, Place, Pointer, Severity, SourceMap};

/// One thing that is wrong, or doubtful, in a definition.
///
/// `{}` is one line, `line:column: message`; `{:#}` adds the line of the definition with the spot underlined.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which rule was broken.
    pub kind: Kind,
    /// One line, in AWS's words where they are known.
    pub message: String,
    /// One line that names the remedy.
    pub help: Option<String>,
    /// The value at fault; of something missing, the object it is missing from.
    pub pointer: Pointer,
    /// Where AWS's diagnostic says it is, which is often the object around [`Finding::pointer`]. `None` when AWS names none.
    pub location: Option<String>,
    /// Where it stands in the text, when there is a text.
    pub place: Option<Place>,
}

impl Finding {
    pub(crate) fn new(kind: Kind, pointer: &Pointer, message: impl Into<String>) -> Self {
        let (pointer, location) = (pointer.clone(), Some(pointer.location()));
        Self {
            kind,
            message: message.into(),
            help: None,
            pointer,
            location,
            place: None,
        }
    }

    /// A finding about a field that AWS reports at the object around it.
    pub(crate) fn of_field(kind: Kind, pointer: &Pointer, message: impl Into<String>) -> Self {
        Self {
            location: Some(pointer.parent().location()),
            ..Self::new(kind, pointer, message)
        }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }

    pub(crate) fn nowhere(self) -> Self {
        Self { location: None, ..self }
    }

    /// Whether the definition must be refused, or people should look again.
    pub fn severity(&self) -> Severity {
        self.kind.severity()
    }

    /// AWS's code for it, for example `SCHEMA_VALIDATION_FAILED`.
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// The text of AWS's diagnostic: the message, followed for bad JSON by a second line that quotes the text.
    pub fn aws_message(&self) -> String {
        match (&self.location, self.kind) {
            (Some(location), Kind::Syntax) => format!("{}\n at {location}", self.message),
            _ => self.message.clone(),
        }
    }

    /// Fills in the place from the text the definition was read from.
    pub(crate) fn locate(&mut self, source: &SourceMap) {
        if self.place.is_none() {
            self.place = if self.kind.points_at_key() {
                source.key(&self.pointer)
            } else {
                source.value(&self.pointer)
            };
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{}:{}: ", place.line, place.column)?,
            None => write!(f, "{}: ", self.pointer.location())?,
        }
        write!(f, "{}: {} [{}]", self.severity(), self.message.trim_end(), self.kind)?;
        if let Some(help) = &self.help {
            write!(f, "; {help}")?;
        }
        match &self.place {
            Some(place) if f.alternate() => write!(f, "\n{}", place.underlined()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Findings, Severity, parse};

    fn excerpt(text: &str) -> String {
        let findings = parse(text).expect_err("a definition with a fault");
        format!("{:#}", findings[0])
    }

    #[test]
    fn the_caret_stands_under_the_spot_whatever_stands_before_it() {
        let text = "{\n\t\"Comment\": \"→𝄞\", \"Commént\": 1,\n\t\"StartAt\": \"A\"}";
        let expected = concat!(
            "2:19: error: Field 'Commént' is not supported [unsupported-field]; did you mean `Comment`?\n",
            "2 |  \"Comment\": \"→𝄞\", \"Commént\": 1,\n",
            "  |                   ^^^^^^^^^",
        );
        assert_eq!(excerpt(text), expected);
    }

    #[test]
    fn of_a_long_line_a_part_is_shown() {
        let text = format!(
            "{{\"Comment\": \"{}\", \"Nope\": 1, \"StartAt\": \"{}\"}}",
            "→".repeat(5_000),
            "x".repeat(5_000)
        );
        let shown = excerpt(&text);
        let lines: Vec<_> = shown.lines().collect();
        assert!(lines.iter().all(|line| line.len() < 200), "{shown}");
        let caret = lines[2].find('^').expect("a caret");
        let above: String = lines[1].chars().skip(caret).take(6).collect();
        assert_eq!(above, "\"Nope\"");
    }

    #[test]
    fn no_error_makes_way_for_a_warning() {
        let names: Vec<_> = (0..2_000).map(|index| format!("\"n{index}\": 1")).collect();
        let findings = parse(&format!("{{{}}}", names.join(", "))).expect_err("2,000 unknown fields");
        assert_eq!(findings.len(), 1_000);
        let warning = super::Finding::new(crate::Kind::NoDollar, &crate::Pointer::root(), "a warning");
        let mixed: Findings = std::iter::repeat_n(warning, 1_500)
            .chain(findings[..3].to_vec())
            .collect::<Vec<_>>()
            .into();
        assert_eq!(
            mixed
                .iter()
                .filter(|finding| finding.severity() == Severity::Error)
                .count(),
            3
        );
    }
}
