//! Whether the fields of one object are wanted by another.

use super::{Misfit, Unbounded, compare};
use crate::{
    Rule,
    shape::{Object, Shape},
    words,
};

/// An object fits if it fits one of those wanted; what is told is why it does not fit the nearest.
pub(super) fn objects(
    given: &Object,
    wanted: &[Object],
    unbounded: Unbounded,
    path: &mut Vec<String>,
    found: &mut Vec<Misfit>,
) {
    let attempts = wanted.iter().map(|wanted| {
        let mut misfits = Vec::new();
        fields(given, wanted, unbounded, path, &mut misfits);
        misfits
    });
    found.extend(attempts.min_by_key(Vec::len).unwrap_or_default());
}

fn fields(given: &Object, wanted: &Object, unbounded: Unbounded, path: &mut Vec<String>, found: &mut Vec<Misfit>) {
    let names = given
        .fields
        .keys()
        .chain(wanted.fields.keys().filter(|name| !given.fields.contains_key(*name)));
    for name in names {
        path.push(name.clone());
        if wanted.fields.contains_key(name) {
            compare(&given.field(name), &wanted.field(name), unbounded, path, found);
        } else if !wanted.open {
            let message = "is not declared".to_owned();
            let help = words::fields(&wanted.clone().into(), name);
            found.push(Misfit {
                rule: Rule::UndeclaredField,
                path: path.clone(),
                message,
                help,
            });
        }
        path.pop();
    }
}

/// The fields that `wanted` declares and `given` certainly leaves out, by the path that leads to each. Where several
/// objects are wanted, nobody can say which was meant.
pub(crate) fn omitted(given: &Shape, wanted: &Shape) -> Vec<Vec<String>> {
    let (Some(given), Some(wanted)) = (given.known(), wanted.known()) else {
        return Vec::new();
    };
    let ([given], [wanted]) = (given.objects.as_slice(), wanted.objects.as_slice()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (name, shape) in &*wanted.fields {
        match given.fields.get(name) {
            None if !given.open => found.push(vec![name.clone()]),
            None => {}
            Some(own) => found.extend(omitted(own, shape).into_iter().map(|mut path| {
                path.insert(0, name.clone());
                path
            })),
        }
    }
    found
}
