//! Whether every value of one shape is wanted by another.

mod objects;

use std::fmt;

use crate::{
    Rule,
    shape::{Known, List, Shape, Text},
    words,
};

pub(crate) use objects::omitted;

/// Why a value does not fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Misfit {
    /// Which rule it breaks.
    pub rule: Rule,
    /// The fields that lead to it; items of arrays are `[]`.
    pub path: Vec<String>,
    /// What it is and what is wanted, without its name.
    pub message: String,
    /// The remedy.
    pub help: Option<String>,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.join(".");
        write!(
            f,
            "{}: `{}` {}",
            self.rule.severity(),
            if path.is_empty() { "the value" } else { &path },
            self.message
        )
    }
}

/// Everything of `given` that `wanted` does not take.
///
/// What has no bound is too long for what has one: this is the question whether whoever holds a `given` value may hand it in.
pub fn misfits(given: &Shape, wanted: &Shape) -> Vec<Misfit> {
    let mut found = Vec::new();
    compare(given, wanted, Unbounded::Exceeds, &mut Vec::new(), &mut found);
    found
}

/// The same where what has no known bound fits any: contracts bound more than is known of what flows into them.
pub(crate) fn unfit(given: &Shape, wanted: &Shape) -> Vec<Misfit> {
    let mut found = Vec::new();
    compare(given, wanted, Unbounded::Fits, &mut Vec::new(), &mut found);
    found
}

/// What becomes of a value of which no bound is known where one is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unbounded {
    Fits,
    Exceeds,
}

impl Unbounded {
    /// The bound that a value may exceed.
    fn exceeded<T: PartialOrd>(self, given: Option<T>, wanted: Option<T>) -> Option<T> {
        let wanted = wanted?;
        let exceeds = given.map_or(self == Self::Exceeds, |given| given > wanted);
        exceeds.then_some(wanted)
    }
}

fn compare(given: &Shape, wanted: &Shape, unbounded: Unbounded, path: &mut Vec<String>, found: &mut Vec<Misfit>) {
    let (Shape::Known(given), Shape::Known(wanted)) = (given, wanted) else {
        return;
    };
    let rest = unwanted(given, wanted);
    if !rest.is_impossible() {
        let fits = overlaps(given, wanted);
        let rule = if fits { Rule::MaybeWrongKind } else { Rule::WrongKind };
        let verb = if fits { "may be" } else { "is" };
        let message = format!(
            "{verb} {}, and {} is wanted",
            words::kinds(&rest),
            words::kinds(&Shape::Known(wanted.clone()).present())
        );
        let help = if rest.is_missing() {
            Some("give it a value on every path".to_owned())
        } else {
            None
        };
        found.push(Misfit {
            rule,
            path: path.clone(),
            message,
            help,
        });
    }
    if let (Some(given), Some(wanted)) = (given.number, wanted.number)
        && let Some(most) = unbounded.exceeded(given.most, wanted.most)
    {
        found.push(doubtful(path, format!("may be more than {most}")));
    }
    if let (Some(given), Some(wanted)) = (&given.text, &wanted.text) {
        texts(given, wanted, unbounded, path, found);
    }
    if let (Some(given), Some(wanted)) = (&given.list, &wanted.list) {
        counts(given, wanted, unbounded, path, found);
        path.push("[]".to_owned());
        compare(&given.items, &wanted.items, unbounded, path, found);
        path.pop();
    }
    for object in &given.objects {
        objects::objects(object, &wanted.objects, unbounded, path, found);
    }
}

/// A misfit that not every value is.
fn doubtful(path: &[String], message: String) -> Misfit {
    Misfit {
        rule: Rule::MaybeWrongKind,
        path: path.to_vec(),
        message,
        help: None,
    }
}

/// How many items there may be.
fn counts(given: &List, wanted: &List, unbounded: Unbounded, path: &[String], found: &mut Vec<Misfit>) {
    if let Some(most) = unbounded.exceeded(given.most, wanted.most) {
        found.push(doubtful(path, format!("may have more than {most} items")));
    }
    let least = match unbounded {
        Unbounded::Exceeds => Some(given.least),
        Unbounded::Fits => given.most,
    };
    if least.is_some_and(|least| least < wanted.least) {
        found.push(doubtful(path, format!("may have fewer than {} items", wanted.least)));
    }
}

/// The kinds of `given` that `wanted` does not have.
fn unwanted(given: &Known, wanted: &Known) -> Shape {
    Shape::Known(Known {
        missing: given.missing && !wanted.missing,
        null: given.null && !wanted.null,
        boolean: given.boolean && !wanted.boolean,
        number: given.number.filter(|_| wanted.number.is_none()),
        text: given.text.clone().filter(|_| wanted.text.is_none()),
        list: given.list.clone().filter(|_| wanted.list.is_none()),
        objects: if wanted.objects.is_empty() {
            given.objects.clone()
        } else {
            Vec::new()
        },
    })
}

fn overlaps(given: &Known, wanted: &Known) -> bool {
    (given.missing && wanted.missing)
        || (given.null && wanted.null)
        || (given.boolean && wanted.boolean)
        || (given.number.is_some() && wanted.number.is_some())
        || (given.text.is_some() && wanted.text.is_some())
        || (given.list.is_some() && wanted.list.is_some())
        || !(given.objects.is_empty() || wanted.objects.is_empty())
}

fn texts(given: &Text, wanted: &Text, unbounded: Unbounded, path: &[String], found: &mut Vec<Misfit>) {
    let mut tell = |rule, message| {
        found.push(Misfit {
            rule,
            path: path.to_vec(),
            message,
            help: None,
        });
    };
    if let Some(most) = unbounded.exceeded(given.longest, wanted.longest) {
        tell(Rule::MaybeWrongKind, format!("may be longer than {most} characters"));
    }
    if let Some(wanted) = &wanted.values {
        let all: Vec<_> = wanted.iter().map(|text| format!("`{text}`")).collect();
        match &given.values {
            Some(given) if given.is_subset(wanted) => {}
            Some(given) if given.is_disjoint(wanted) => {
                let given: Vec<_> = given.iter().map(|text| format!("`{text}`")).collect();
                tell(
                    Rule::WrongKind,
                    format!("is {}, and one of {} is wanted", given.join(" or "), all.join(", ")),
                );
            }
            _ => tell(
                Rule::MaybeWrongKind,
                format!("may be another text than {}", all.join(", ")),
            ),
        }
    }
    if let Some(format) = &wanted.format
        && given.format.as_ref() != Some(format)
        && given.values.is_none()
    {
        tell(Rule::MaybeWrongKind, format!("is a text that need not be a {format}"));
    }
}

#[cfg(test)]
mod tests;
