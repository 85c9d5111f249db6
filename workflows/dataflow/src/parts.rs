//! What is known about a value of each kind.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use crate::shape::{Known, Shape};

/// How many items of a list are told apart.
const MOST_FIRST: usize = 16;

/// What is known about a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text {
    /// The only values it may have; `None`: any.
    pub values: Option<BTreeSet<String>>,
    /// The `format` of JSON Schema, for example `date-time`.
    pub format: Option<String>,
    /// The most characters; `None`: no bound is known.
    pub longest: Option<u64>,
    /// The most bytes of its JSON; `None`: no bound but that of `longest` is known.
    pub most_bytes: Option<u64>,
    /// It is the text of a JSON value of this shape.
    pub json: Option<Box<Shape>>,
}

/// What is known about a number.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Number {
    /// The largest that it may be; `None`: no bound is known.
    pub most: Option<f64>,
}

/// What is known about an array.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// The shape of its items.
    pub items: Box<Shape>,
    /// The shapes of its first items, where each is known by itself; a list may be shorter.
    pub first: Vec<Shape>,
    /// The fewest items.
    pub least: u64,
    /// The most items; `None`: no bound is known.
    pub most: Option<u64>,
}

/// What is known about an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    /// Its fields. One that may be absent may be `missing`. Shared, because shapes are copied from state to state.
    pub fields: Rc<BTreeMap<String, Shape>>,
    /// Whether there may be others.
    pub open: bool,
    /// The most bytes of its JSON; `None`: no bound but those of its fields is known.
    pub most_bytes: Option<u64>,
}

impl List {
    /// So many such items, any number of them.
    pub fn of(items: Shape) -> Self {
        Self {
            items: Box::new(items),
            first: Vec::new(),
            least: 0,
            most: None,
        }
    }

    /// Exactly these items.
    pub fn exactly(items: Vec<Shape>) -> Self {
        let length = items.len() as u64;
        let all = items.iter().cloned().reduce(Shape::join);
        let mut first = items;
        first.truncate(MOST_FIRST);
        Self {
            items: Box::new(all.unwrap_or_else(Shape::impossible)),
            first,
            least: length,
            most: Some(length),
        }
    }

    /// These items, and then those.
    #[must_use]
    pub fn followed_by(self, more: &Self) -> Self {
        let mut first = self.first;
        // Where the next item stands is known behind so many items and no others. What may not be there leaves its place to it.
        if self.most == Some(first.len() as u64) && self.most == Some(self.least) {
            first.extend(more.first.iter().cloned());
            first.truncate(MOST_FIRST);
        } else {
            first.truncate(usize::try_from(self.least).unwrap_or(usize::MAX));
        }
        Self {
            items: Box::new(self.items.join((*more.items).clone())),
            first,
            least: self.least.saturating_add(more.least),
            most: self.most.zip(more.most).map(|(one, two)| one.saturating_add(two)),
        }
    }

    /// The shape of the item at an index, counted from 0, or from the end where it is negative: -1 is the last.
    pub fn at(&self, index: i64) -> Shape {
        let distance = index.unsigned_abs();
        let exact = self.most.filter(|most| *most == self.least);
        let (position, needed) = match (index < 0, exact) {
            (false, _) => (Some(distance), distance.saturating_add(1)),
            (true, Some(length)) => (length.checked_sub(distance), distance),
            (true, None) => (None, distance),
        };
        if self.most.is_some_and(|most| most < needed) {
            return Shape::missing();
        }
        let known = position.and_then(|position| self.first.get(usize::try_from(position).ok()?));
        let item = known.unwrap_or(&self.items).clone();
        if self.least < needed { item.or_missing() } else { item }
    }
}

impl Object {
    /// The shape of a field, declared or not.
    pub fn field(&self, name: &str) -> Shape {
        let undeclared = || if self.open { Shape::Any } else { Shape::missing() };
        self.fields.get(name).cloned().unwrap_or_else(undeclared)
    }
}

impl From<Number> for Shape {
    fn from(number: Number) -> Self {
        Self::Known(Known {
            number: Some(number),
            ..Known::default()
        })
    }
}

impl From<List> for Shape {
    fn from(list: List) -> Self {
        Self::Known(Known {
            list: Some(list),
            ..Known::default()
        })
    }
}

impl From<Text> for Shape {
    fn from(text: Text) -> Self {
        Self::Known(Known {
            text: Some(text),
            ..Known::default()
        })
    }
}

impl From<Object> for Shape {
    fn from(object: Object) -> Self {
        Self::Known(Known {
            objects: vec![object],
            ..Known::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_of_a_list_of_known_length_is_there_and_is_itself() {
        let pair = List::exactly(vec![Shape::text(), Shape::number()]);
        assert_eq!(pair.at(0), Shape::text());
        assert_eq!(pair.at(-1), Shape::number());
        assert_eq!(pair.at(2), Shape::missing());
        assert_eq!(pair.at(-3), Shape::missing());
        let maybe = List {
            first: vec![Shape::number()],
            most: Some(1),
            ..List::of(Shape::number())
        };
        let shifted = List::exactly(vec![])
            .followed_by(&maybe)
            .followed_by(&List::exactly(vec![Shape::text()]));
        assert_eq!(shifted.at(0), Shape::text().join(Shape::number()));
        let some = List {
            least: 1,
            ..List::of(Shape::text())
        };
        assert_eq!([some.at(0), some.at(-1)], [Shape::text(), Shape::text()]);
        assert_eq!(
            [some.at(1), some.at(-2)],
            [Shape::text().or_missing(), Shape::text().or_missing()]
        );
    }
}
