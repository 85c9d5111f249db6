//! What is left of a shape when something is known of its value.

use crate::shape::{Known, Shape};

pub(crate) fn absent(shape: &Shape) -> Shape {
    if shape.may_be_missing() {
        Shape::missing()
    } else {
        Shape::impossible()
    }
}

pub(crate) fn not_null(shape: Shape) -> Shape {
    match shape {
        Shape::Known(known) => Shape::Known(Known { null: false, ..known }),
        Shape::Any => Shape::Any,
    }
}

pub(crate) fn only_null(shape: &Shape) -> Shape {
    match shape {
        Shape::Known(Known { null: false, .. }) => Shape::impossible(),
        _ => Shape::null(),
    }
}

pub(crate) fn only_text(shape: &Shape, text: &str) -> Shape {
    let Shape::Known(known) = shape else {
        return Shape::constant(text);
    };
    let possible = known
        .text
        .as_ref()
        .is_some_and(|own| own.values.as_ref().is_none_or(|values| values.contains(text)));
    if possible {
        Shape::constant(text)
    } else {
        Shape::impossible()
    }
}

pub(crate) fn without_text(shape: Shape, text: &str) -> Shape {
    let Shape::Known(mut known) = shape else {
        return Shape::Any;
    };
    if let Some(values) = known.text.as_mut().and_then(|own| own.values.as_mut()) {
        values.remove(text);
        if values.is_empty() {
            known.text = None;
        }
    }
    Shape::Known(known)
}
