//! What an expression reads of its scope, so that nothing else has to be converted.

use std::collections::BTreeMap;

use jsonata_core::ast::{AstNode, PathStep};

use super::children::{any, each_child, each_child_of_step};

/// How much of a value is read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Need {
    /// Perhaps everything.
    All,
    /// Of an object (or of every object in an array, as paths map over arrays) only these fields.
    Fields(BTreeMap<String, Need>),
}

impl Need {
    fn nothing() -> Self {
        Self::Fields(BTreeMap::new())
    }

    /// Adds what a path of field names reads.
    fn add(&mut self, names: &[&str]) {
        let Self::Fields(fields) = self else { return };
        match names {
            [] => *self = Self::All,
            [first, rest @ ..] => fields
                .entry((*first).to_owned())
                .or_insert_with(Self::nothing)
                .add(rest),
        }
    }
}

/// The variables that an expression names, `states` among them, and how much it reads of each.
pub(super) fn variables(ast: &AstNode) -> BTreeMap<String, Need> {
    let mut needs = BTreeMap::new();
    // `%` reaches back to what a path came from, so no step of any path may be narrowed.
    let narrow = !any(ast, &|node| matches!(node, AstNode::Parent(_)));
    collect(ast, narrow, &mut needs);
    needs
}

fn collect(node: &AstNode, narrow: bool, needs: &mut BTreeMap<String, Need>) {
    match node {
        AstNode::Variable(name) => need(name, &[], needs),
        AstNode::Path { steps } if narrow => collect_path(steps, needs),
        _ => each_child(node, &mut |child| collect(child, narrow, needs)),
    }
}

/// A path that begins at a variable reads only the fields that its leading plain steps name.
fn collect_path(steps: &[PathStep], needs: &mut BTreeMap<String, Need>) {
    let mut rest = steps;
    if let [
        PathStep {
            node: AstNode::Variable(name),
            ..
        },
        ..,
    ] = steps
        && is_plain(&steps[0])
    {
        let names = steps[1..].iter().map_while(|step| match &step.node {
            AstNode::Name(name) if is_plain(step) => Some(name.as_str()),
            _ => None,
        });
        let names: Vec<&str> = names.collect();
        need(name, &names, needs);
        rest = &steps[1 + names.len()..];
    }
    for step in rest {
        each_child_of_step(step, &mut |child| collect(child, true, needs));
    }
}

fn need(name: &str, path: &[&str], needs: &mut BTreeMap<String, Need>) {
    needs.entry(name.to_owned()).or_insert_with(Need::nothing).add(path);
}

/// A step without filters and bindings.
pub(super) fn is_plain(step: &PathStep) -> bool {
    let PathStep {
        stages,
        focus,
        index_var,
        ancestor_label,
        is_tuple,
        inner_tuple,
        ..
    } = step;
    let bound = focus.is_some() || index_var.is_some() || ancestor_label.is_some();
    stages.is_empty() && !bound && !is_tuple && !inner_tuple
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> String {
        fn show(need: &Need) -> String {
            match need {
                Need::All => "*".to_owned(),
                Need::Fields(fields) => {
                    let fields: Vec<_> = fields
                        .iter()
                        .map(|(name, need)| format!("{name}:{}", show(need)))
                        .collect();
                    format!("({})", fields.join(" "))
                }
            }
        }
        let ast = jsonata_core::parser::parse(source).unwrap();
        let needs: Vec<_> = variables(&ast)
            .iter()
            .map(|(name, need)| format!("{name}:{}", show(need)))
            .collect();
        needs.join(" ")
    }

    #[test]
    fn only_what_is_named_is_read() {
        for (source, expected) in [
            ("1 + 2", ""),
            ("$x", "x:*"),
            ("$states.input.a.b", "states:(input:(a:(b:*)))"),
            ("$states.input.a & $states.input.b", "states:(input:(a:* b:*))"),
            ("$states.input.a & $states.input", "states:(input:*)"),
            ("$states.input.items[price > $limit].name", "limit:* states:(input:*)"),
            (
                "$states.input.orders.{'id': id, 'of': $x.y}",
                "states:(input:(orders:*)) x:(y:*)",
            ),
            ("$states.input.*", "states:(input:*)"),
            ("$map($x.items, function($i) { $i.name })", "i:(name:*) x:(items:*)"),
            ("$x.a.b.%.c", "x:*"),
        ] {
            assert_eq!(read(source), expected, "{source}");
        }
    }
}
