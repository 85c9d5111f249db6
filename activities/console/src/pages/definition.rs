//! A definition as numbered lines, each coloured by the state that it belongs to.

use std::collections::HashMap;

use crate::run::Outline;

/// The most lines that a page shows; the whole text is behind a link.
const MOST_LINES: usize = 4_000;

/// A definition's text as it is shown: what was written as one line is indented.
pub(crate) fn readable(definition: &str) -> String {
    if definition.trim().contains('\n') {
        return definition.to_owned();
    }
    serde_json::from_str::<serde_json::Value>(definition)
        .map_or_else(|_| definition.to_owned(), |value| format!("{value:#}"))
}

/// A definition as lines.
pub(crate) struct Listing {
    pub(crate) lines: Vec<Line>,
    pub(crate) cut: bool,
}

/// One line.
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) class: String,
}

/// The lines of a text that [`readable`] gave; `class` says what is special about a state.
pub(crate) fn listing(text: &str, outline: &Outline, class: impl Fn(&str) -> String) -> Listing {
    let mut classes = HashMap::<usize, String>::new();
    // States inside of others come later: theirs is the last word on a line.
    for name in &outline.names {
        let (Some(part), class) = (outline.part(name), class(name)) else {
            continue;
        };
        if !class.is_empty() {
            classes.extend(part.lines.clone().map(|line| (line, class.clone())));
        } else if part.owner.is_some() {
            part.lines.clone().for_each(|line| {
                classes.remove(&line);
            });
        }
    }
    let line = |(number, text): (usize, &str)| Line {
        text: text.to_owned(),
        class: classes.remove(&number).unwrap_or_default(),
    };
    Listing {
        lines: text.lines().enumerate().take(MOST_LINES).map(line).collect(),
        cut: text.lines().nth(MOST_LINES).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::{listing, readable};
    use crate::run::Outline;

    #[test]
    fn every_line_has_the_class_of_the_innermost_state() {
        let text = readable(
            r#"{"StartAt":"M","States":{"M":{"Type":"Map","ItemProcessor":{"StartAt":"A","States":{"A":{"Type":"Succeed"}}},"End":true}}}"#,
        );
        let outline = Outline::of(&text).unwrap().1;
        let listing = listing(&text, &outline, str::to_lowercase);
        let classes: Vec<(&str, &str)> = listing
            .lines
            .iter()
            .map(|line| (line.text.trim(), line.class.as_str()))
            .collect();
        assert!(classes.contains(&("\"Type\": \"Map\",", "m")), "{classes:?}");
        assert!(classes.contains(&("\"Type\": \"Succeed\"", "a")));
        assert!(classes.contains(&("\"End\": true", "m")));
        assert_eq!(classes[1], ("\"StartAt\": \"M\",", ""));
    }
}
