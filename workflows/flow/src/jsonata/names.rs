//! Names that a printed block binds for itself. A workflow's variables may be called the same; whoever reads one inside the
//! block means the workflow's.

use std::rc::Rc;

use expr::Node;

use super::Printer;

impl Printer<'_> {
    /// JSONata as its author wrote it, with the values it names. A value that reads a variable called like one of the names
    /// before it is kept under a name of its own first.
    pub(super) fn hand_written(self, source: &str, with: &[(String, Rc<Node>)]) -> String {
        let values = with.iter().map(|(name, value)| (name.as_str(), self.print(value).0));
        let values = values.collect::<Vec<_>>();
        let captured = values.iter().enumerate().any(|(nth, (_, value))| {
            let mut before = values[..nth].iter();
            before.any(|(name, _)| mentions(value, name))
        });
        if !captured {
            return format!(
                "({}{source})",
                bound(values.iter().map(|(name, value)| (*name, value.as_str())))
            );
        }
        let mut taken = vec![source.to_owned()];
        taken.extend(values.iter().map(|(_, value)| value.clone()));
        taken.extend(values.iter().map(|(name, _)| format!("${name}")));
        let mut kept = Vec::new();
        for (name, _) in &values {
            let free = unread(&format!("given_{name}"), &taken);
            taken.push(format!("${free}"));
            kept.push(free);
        }
        let first = bound(
            kept.iter()
                .zip(&values)
                .map(|(free, (_, value))| (free.as_str(), value.as_str())),
        );
        let reads = kept.iter().map(|free| format!("${free}")).collect::<Vec<_>>();
        let then = bound(
            values
                .iter()
                .zip(&reads)
                .map(|((name, _), read)| (*name, read.as_str())),
        );
        format!("({first}{then}{source})")
    }
}

fn bound<'b>(values: impl Iterator<Item = (&'b str, &'b str)>) -> String {
    values.fold(String::new(), |text, (name, value)| {
        text + "$" + name + " := " + value + "; "
    })
}

/// The wanted name, or that name with a number, so that none of these texts reads a variable called so.
pub(super) fn unread(wanted: &str, texts: &[String]) -> String {
    let mut name = wanted.to_owned();
    let mut nth = 1_u32;
    while texts.iter().any(|text| mentions(text, &name)) {
        nth += 1;
        name = format!("{wanted}{nth}");
    }
    name
}

/// Whether a text of JSONata may read a variable of this name: it has the name with its `$`, be it in a constant.
fn mentions(text: &str, name: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('$') {
        let is_whole = |tail: &str| !tail.starts_with(|next: char| next.is_alphanumeric() || next == '_');
        if after.strip_prefix(name).is_some_and(is_whole) {
            return true;
        }
        rest = after;
    }
    false
}
