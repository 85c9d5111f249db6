//! Into a shape by the names of fields, and back out with a part of it refined.

use std::rc::Rc;

use crate::shape::{Known, List, Object, Shape};

impl Shape {
    /// The shape of `value.name` in JSONata: a path maps over arrays and collapses what it finds.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        let Self::Known(known) = self else { return Self::Any };
        let mut found = Self::impossible();
        for object in &known.objects {
            found = found.join(object.field(name));
        }
        if let Some(list) = &known.list {
            found = found.join(list.items.field(name).mapped(list.least, list.most));
        }
        if known.missing || known.null || known.boolean || known.number.is_some() || known.text.is_some() {
            found = found.join(Self::missing());
        }
        found
    }

    /// What a path gives that maps this over an array: nothing, one, or several of it.
    #[must_use]
    pub fn mapped(self, least: u64, most: Option<u64>) -> Self {
        let Self::Known(known) = self else { return Self::Any };
        // Nested arrays are flattened once by the step.
        let items = match (&known.list, known.has_no_value()) {
            (_, true) => return Self::missing(),
            (Some(list), _) => {
                let mut others = known.clone();
                (others.list, others.missing) = (None, false);
                let most = most.zip(list.most).map(|(outer, inner)| outer.saturating_mul(inner));
                return collapsed(Self::Known(others).join((*list.items).clone()), 0, most);
            }
            (None, false) => Self::Known(known),
        };
        let least = if items.may_be_missing() { 0 } else { least };
        collapsed(items.present(), least, most)
    }

    /// What JSONata's array constructor makes of this as its only item: `[path]`.
    #[must_use]
    pub fn wrapped(self) -> Self {
        let Self::Known(mut known) = self else {
            return Self::list(Self::Any);
        };
        let inner = known.list.take();
        let missing = std::mem::take(&mut known.missing);
        let single = !known.has_no_value();
        let outer = Self::Known(known);
        let one = single.then(|| List::exactly(vec![outer]));
        let none = missing.then(|| List::exactly(Vec::new()));
        let lists = [inner, one, none].into_iter().flatten().map(Self::from);
        lists
            .reduce(Self::join)
            .unwrap_or_else(|| List::exactly(Vec::new()).into())
    }

    /// The shape of an item of this as an array: JSONata takes a single value for an array of one.
    #[must_use]
    pub fn item(&self) -> Self {
        let Self::Known(known) = self else { return Self::Any };
        let mut rest = known.clone();
        let inner = rest.list.take();
        rest.missing = false;
        inner.map_or_else(
            || Self::Known(rest.clone()),
            |list| Self::Known(rest.clone()).join(*list.items),
        )
    }

    /// The shape of `value[index]`: an item of an array, counted from 0 or from the end; a single value is its own only item.
    #[must_use]
    pub fn at(&self, index: i64) -> Self {
        let Self::Known(known) = self else { return Self::Any };
        let mut rest = known.clone();
        let list = rest.list.take().map(|list| list.at(index));
        let missing = std::mem::take(&mut rest.missing).then(Self::missing);
        let single = if rest.has_no_value() {
            None
        } else if matches!(index, 0 | -1) {
            Some(Self::Known(rest))
        } else {
            Some(Self::missing())
        };
        let possible = [list, missing, single].into_iter().flatten();
        possible.reduce(Self::join).unwrap_or_else(Self::impossible)
    }

    /// The same with the value at `path` refined. What the refinement leaves without a possibility is ruled out as a
    /// whole: an object of which a field cannot be as it must is not there.
    #[must_use]
    pub fn refined(&self, path: &[String], refine: &dyn Fn(Shape) -> Shape) -> Self {
        let [name, rest @ ..] = path else {
            return refine(self.clone());
        };
        let Self::Known(known) = self else { return Self::Any };
        let mut refined = known.clone();
        refined.objects = known
            .objects
            .iter()
            .filter_map(|object| refined_object(object, name, rest, refine))
            .collect();
        // What has no fields behaves as if the field were missing.
        if Self::missing().refined(rest, refine).is_impossible() {
            let objects = std::mem::take(&mut refined.objects);
            refined = Known {
                objects,
                list: refined.list,
                ..Known::default()
            };
        }
        Self::Known(refined)
    }
}

fn refined_object(object: &Object, name: &str, rest: &[String], refine: &dyn Fn(Shape) -> Shape) -> Option<Object> {
    let field = object.field(name).refined(rest, refine);
    if field.is_impossible() {
        return None;
    }
    let mut object = object.clone();
    Rc::make_mut(&mut object.fields).insert(name.to_owned(), field);
    Some(object)
}

/// Nothing, one item, or an array of two or more of them.
fn collapsed(items: Shape, least: u64, most: Option<u64>) -> Shape {
    let list = List {
        least: least.max(2),
        most,
        ..List::of(items.clone())
    };
    let possible = [
        (least == 0).then(Shape::missing),
        (least < 2).then_some(items),
        most.is_none_or(|most| most > 1).then(|| list.into()),
    ];
    possible
        .into_iter()
        .flatten()
        .reduce(Shape::join)
        .unwrap_or_else(Shape::impossible)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_maps_over_arrays_and_collapses() {
        let items = Shape::list(Shape::object([("name", Shape::text())]));
        let Shape::Known(names) = items.field("name") else {
            panic!("nothing is known")
        };
        assert!(names.missing && names.text.is_some() && names.list.is_some() && names.objects.is_empty());
        assert!(items.field("price").is_missing());
        assert_eq!(Shape::Any.field("price"), Shape::Any);
    }

    #[test]
    fn the_constructor_keeps_an_array_and_wraps_one() {
        let wrapped = Shape::text().or_missing().wrapped();
        assert_eq!(
            wrapped
                .known()
                .and_then(|known| known.list.as_ref())
                .and_then(|list| list.most),
            Some(1)
        );
        assert_eq!(Shape::list(Shape::number()).wrapped(), Shape::list(Shape::number()));
    }

    #[test]
    fn refining_a_field_rules_out_objects_that_cannot_have_it() {
        let cat = Shape::object([("kind", Shape::constant("cat")), ("lives", Shape::number())]);
        let dog = Shape::object([("kind", Shape::constant("dog"))]);
        let pet = cat.clone().join(dog).or_missing();
        let path = ["lives".to_owned()];
        assert_eq!(pet.refined(&path, &|shape| shape.present()), cat);
    }
}
