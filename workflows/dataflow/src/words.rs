//! Shapes and paths in words.

use crate::shape::{Known, Shape};

/// "a text or null": the kinds that a shape allows.
pub(crate) fn kinds(shape: &Shape) -> String {
    let Shape::Known(known) = shape else {
        return "any value".to_owned();
    };
    let Known {
        missing,
        null,
        boolean,
        number,
        text,
        list,
        objects,
    } = known;
    let words = [
        (!objects.is_empty(), "an object"),
        (list.is_some(), "an array"),
        (text.is_some(), "a text"),
        (number.is_some(), "a number"),
        (*boolean, "a boolean"),
        (*null, "null"),
        (*missing, "nothing"),
    ];
    let words: Vec<_> = words.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
    match words.as_slice() {
        [] => "impossible".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// "did you mean `body`?" or "it has `body` and `title`".
pub(crate) fn fields(shape: &Shape, wanted: &str) -> Option<String> {
    let names: Vec<String> = names(shape);
    let closest = names.iter().map(|name| (distance(name, wanted), name)).min();
    match closest {
        None => None,
        Some((away, name)) if away <= 1 + wanted.chars().count() / 4 => Some(format!("did you mean `{name}`?")),
        Some(_) => {
            let shown: Vec<_> = names.iter().take(12).map(|name| format!("`{name}`")).collect();
            let more = if names.len() > shown.len() { ", …" } else { "" };
            Some(format!("it has {}{more}", shown.join(", ")))
        }
    }
}

fn names(shape: &Shape) -> Vec<String> {
    let Shape::Known(known) = shape else { return Vec::new() };
    let own = known.objects.iter().flat_map(|object| object.fields.iter());
    let own = own
        .filter(|(_, shape)| !shape.is_missing())
        .map(|(name, _)| name.clone());
    let inner = known.list.iter().flat_map(|list| names(&list.items));
    let mut all: Vec<String> = own.chain(inner).collect();
    all.sort();
    all.dedup();
    all
}

/// How many letters differ.
pub(crate) fn distance(one: &str, two: &str) -> usize {
    let letters = |text: &str| text.chars().collect::<Vec<_>>();
    asl::distance(&letters(one), &letters(two))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_in_one_phrase() {
        assert_eq!(kinds(&Shape::text().join(Shape::null())), "a text or null");
        assert_eq!(kinds(&Shape::Any), "any value");
    }

    #[test]
    fn a_misspelled_field_is_recognised() {
        let shape = Shape::object([("topic", Shape::text()), ("body", Shape::text())]);
        assert_eq!(fields(&shape, "topc").as_deref(), Some("did you mean `topic`?"));
        assert_eq!(fields(&shape, "price").as_deref(), Some("it has `body`, `topic`"));
    }
}
