//! Either of two shapes.

use std::{collections::BTreeSet, rc::Rc};

use crate::shape::{Known, List, Number, Object, Shape, Text};

/// How many constant texts a shape remembers before it says "some text".
const MOST_TEXTS: usize = 32;
/// How many kinds of object a shape tells apart before it melts them into one.
const MOST_OBJECTS: usize = 12;
/// How deep a shape is followed; below, everything is possible.
const DEEPEST: usize = 24;

impl Shape {
    /// Either of both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        self.join_at(other, 0)
    }

    fn join_at(self, other: Self, depth: usize) -> Self {
        match (self, other) {
            (Self::Known(one), Self::Known(two)) if depth < DEEPEST => Self::Known(one.join(two, depth)),
            _ => Self::Any,
        }
    }
}

impl Known {
    fn join(self, other: Self, depth: usize) -> Self {
        let mut objects = self.objects;
        for object in other.objects {
            if !objects.contains(&object) {
                objects.push(object);
            }
        }
        if objects.len() > MOST_OBJECTS {
            objects = vec![melt(&objects, depth)];
        }
        Self {
            missing: self.missing || other.missing,
            null: self.null || other.null,
            boolean: self.boolean || other.boolean,
            number: either(self.number, other.number, |one, two| Number {
                most: one.most.zip(two.most).map(|(one, two)| one.max(two)),
            }),
            text: either(self.text, other.text, |one, two| one.join(two, depth)),
            list: either(self.list, other.list, |one, two| List {
                items: Box::new(one.items.join_at(*two.items, depth + 1)),
                first: one
                    .first
                    .into_iter()
                    .zip(two.first)
                    .map(|(one, two)| one.join_at(two, depth + 1))
                    .collect(),
                least: one.least.min(two.least),
                most: one.most.zip(two.most).map(|(one, two)| one.max(two)),
            }),
            objects,
        }
    }
}

impl Text {
    fn join(self, other: Self, depth: usize) -> Self {
        let values = self.values.zip(other.values).map(|(one, two)| &one | &two);
        Self {
            values: values.filter(|values| values.len() <= MOST_TEXTS),
            format: if self.format == other.format { self.format } else { None },
            longest: self.longest.zip(other.longest).map(|(one, two)| one.max(two)),
            most_bytes: self.most_bytes.zip(other.most_bytes).map(|(one, two)| one.max(two)),
            json: self
                .json
                .zip(other.json)
                .map(|(one, two)| Box::new(one.join_at(*two, depth + 1))),
        }
    }
}

/// One object that may be any of these.
fn melt(objects: &[Object], depth: usize) -> Object {
    let names: BTreeSet<String> = objects
        .iter()
        .flat_map(|object| object.fields.keys().cloned())
        .collect();
    let open = objects.iter().any(|object| object.open);
    let fields = names.into_iter().map(|name| {
        let shapes = objects.iter().map(|object| object.field(&name));
        let joined = shapes.reduce(|one, two| one.join_at(two, depth + 1));
        (name, joined.unwrap_or(Shape::Any))
    });
    Object {
        fields: Rc::new(fields.collect()),
        open,
        most_bytes: objects
            .iter()
            .map(|object| object.most_bytes)
            .max()
            .flatten()
            .filter(|_| objects.iter().all(|object| object.most_bytes.is_some())),
    }
}

fn either<T>(one: Option<T>, two: Option<T>, join: impl FnOnce(T, T) -> T) -> Option<T> {
    match (one, two) {
        (Some(one), Some(two)) => Some(join(one, two)),
        (one, two) => one.or(two),
    }
}
