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
            found = found.join(list.items.field(name).mapped(list.most));
        }
        if known.missing || known.null || known.boolean || known.number || known.text.is_some() {
            found = found.join(Self::missing());
        }
        found
    }

    /// What a path gives that maps this over an array: nothing, one, or several of it.
    #[must_use]
    pub fn mapped(self, most: Option<u64>) -> Self {
        let Self::Known(known) = self else { return Self::Any };
        // Nested arrays are flattened once by the step.
        let items = match (&known.list, known.has_no_value()) {
            (_, true) => return Self::missing(),
            (Some(list), _) => {
                let mut others = known.clone();
                (others.list, others.missing) = (None, false);
                let most = most.zip(list.most).map(|(outer, inner)| outer.saturating_mul(inner));
                return collapsed(Self::Known(others).join((*list.items).clone()), most);
            }
            (None, false) => Self::Known(known).present(),
        };
        collapsed(items, most)
    }

    /// What JSONata's array constructor makes of this as its only item: `[path]`.
    #[must_use]
    pub fn wrapped(self) -> Self {
        let Self::Known(mut known) = self else {
            return Self::list(Self::Any);
        };
        let inner = known.list.take();
        known.missing = false;
        let single = !known.has_no_value();
        let outer = Self::Known(known);
        let (items, most) = match inner {
            Some(list) => (
                outer.join(*list.items),
                list.most.map(|most| most.max(u64::from(single))),
            ),
            None => (outer, Some(u64::from(single))),
        };
        Self::Known(Known {
            list: Some(List {
                items: Box::new(items),
                most,
            }),
            ..Known::default()
        })
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

/// Nothing, one item, or an array of them.
fn collapsed(items: Shape, most: Option<u64>) -> Shape {
    let list = List {
        items: Box::new(items.clone()),
        most,
    };
    items.join(Shape::Known(Known {
        missing: true,
        list: Some(list),
        ..Known::default()
    }))
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
