//! The variables of the state machine that an expression names.

use jsonata_core::ast::{AstNode, BinaryOp};
use jsonata_core::parser;

use super::children::each_child;

/// Names as they stand in an expression: read, and bound by the expression itself.
#[derive(Default)]
struct Names<'a> {
    read: Vec<&'a str>,
    bound: Vec<&'a str>,
}

/// The variables that a text of the form `{% … %}` reads, without their `$`, in the order of their first mention.
/// `$states`, `$`, the parameters of functions and what the expression binds itself are none of the state machine's. A text
/// that is no expression, or not a sound one, reads nothing.
pub fn variables_in(text: &str) -> Vec<String> {
    let source = text.strip_prefix("{%").and_then(|rest| rest.strip_suffix("%}"));
    let Some(ast) = source.and_then(|source| parser::parse(source.trim()).ok()) else {
        return Vec::new();
    };
    let mut names = Names::default();
    collect(&ast, &mut names);
    let mut found: Vec<String> = Vec::new();
    for name in names.read {
        let own = name.is_empty() || name == "states" || names.bound.contains(&name);
        if !own && !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    }
    found
}

fn collect<'a>(node: &'a AstNode, names: &mut Names<'a>) {
    match node {
        AstNode::Variable(name) => names.read.push(name),
        AstNode::Lambda { params, .. } => names.bound.extend(params.iter().map(String::as_str)),
        AstNode::Binary {
            op: BinaryOp::ColonEqual,
            lhs,
            ..
        } => {
            if let AstNode::Variable(name) = &**lhs {
                names.bound.push(name);
            }
        }
        AstNode::Path { steps } => {
            for step in steps {
                names.bound.extend(step.focus.as_deref());
                names.bound.extend(step.index_var.as_deref());
            }
        }
        _ => {}
    }
    each_child(node, &mut |child| collect(child, names));
}

#[cfg(test)]
mod tests {
    use super::variables_in;

    #[test]
    fn only_the_machines_own_variables_are_named() {
        for (text, expected) in [
            ("{% $x %}", "x"),
            ("{%$b.c + $a + $b%}", "b a"),
            ("{% $states.input.a & $name %}", "name"),
            ("{% $sum($list.(price * $rate)) %}", "list rate"),
            ("{% ($y := $x; $map($y, function($i, $n) { $i * $n })) %}", "x"),
            ("{% $orders.items[$ > $limit] %}", "orders limit"),
            ("{% 'no $x in a text' %}", ""),
            ("$x", ""),
            ("{% $( %}", ""),
        ] {
            assert_eq!(variables_in(text).join(" "), expected, "{text}");
        }
    }
}
