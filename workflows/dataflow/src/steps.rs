//! Paths of JSONata: field after field, with filters on the way.

use jsonata_core::ast::{AstNode, PathStep, Stage, UnaryOp};

use crate::{Rule, expression::Evaluator, scope::Scope, shape::Shape, words};

impl Evaluator<'_> {
    pub(crate) fn path(&mut self, node: &AstNode, scope: &Scope) -> Shape {
        let AstNode::Path { steps } = node else {
            let AstNode::Name(name) = node else { return Shape::Any };
            return self.named(name, scope);
        };
        // Bindings (`@$x`, `#$i`) and parents (`%`) carry tuples that are not followed here.
        if steps
            .iter()
            .any(|step| step.focus.is_some() || step.index_var.is_some() || step.is_tuple)
        {
            return Shape::Any;
        }
        let mut shape = Shape::Any;
        for (index, step) in steps.iter().enumerate() {
            let found = match (&step.node, index) {
                (AstNode::Name(name), 0) => self.named(name, scope),
                (first, 0) => self.value(first, scope),
                (AstNode::Name(name), _) => self.through_field(&shape, name, &steps[..index]),
                (other, _) => self.mapped(other, &shape, scope),
            };
            // A path that has led through an array filters what it finds in each of its items.
            let through = index > 0 && shape.known().is_none_or(|known| known.list.is_some());
            shape = self.filtered(found, &step.stages, through, scope);
        }
        shape
    }

    /// A name without anything before it is a field of the context item, which only filters and steps have.
    fn named(&mut self, name: &str, scope: &Scope) -> Shape {
        match &scope.item {
            Some(item) => self.through_field(&item.clone(), name, &[]),
            None => Shape::Any,
        }
    }

    fn through_field(&mut self, shape: &Shape, name: &str, before: &[PathStep]) -> Shape {
        let found = shape.field(name);
        let led_somewhere = !shape.is_missing() && !shape.is_impossible();
        if !found.is_missing() || !led_somewhere {
            return found;
        }
        let owner = text(before).map_or_else(|| "the value".to_owned(), |path| format!("`{path}`"));
        let message = match shape.known() {
            Some(known) if known.objects.is_empty() && known.list.is_none() => {
                format!(
                    "{owner} is {} and has no fields, so no `{name}`",
                    words::kinds(&shape.clone().present())
                )
            }
            _ => format!("{owner} has no field `{name}`"),
        };
        self.report(Rule::UnknownField, message, words::fields(shape, name));
        Shape::Any
    }

    /// A step that is an expression is evaluated for each item.
    fn mapped(&mut self, node: &AstNode, shape: &Shape, scope: &Scope) -> Shape {
        if matches!(node, AstNode::Wildcard | AstNode::Descendant | AstNode::Parent(_)) {
            return Shape::Any;
        }
        let each = self.value(node, &scope.at(shape.item()));
        match shape {
            Shape::Any => Shape::Any,
            Shape::Known(known) => {
                let many = known
                    .list
                    .as_ref()
                    .map(|list| each.clone().mapped(list.least, list.most));
                let mut rest = known.clone();
                (rest.list, rest.missing) = (None, false);
                let one = if rest.has_no_value() { Shape::impossible() } else { each };
                let nothing = if known.missing {
                    Shape::missing()
                } else {
                    Shape::impossible()
                };
                one.join(many.unwrap_or_else(Shape::impossible)).join(nothing)
            }
        }
    }

    fn filtered(&mut self, shape: Shape, stages: &[Stage], through: bool, scope: &Scope) -> Shape {
        stages.iter().fold(shape, |shape, stage| match stage {
            Stage::KeepArray => shape.wrapped(),
            Stage::Index(_) => Shape::Any,
            Stage::Filter(filter) if !through && index(filter).is_some() => {
                index(filter).map_or(Shape::Any, |index| shape.at(index))
            }
            Stage::Filter(filter) => {
                let item = shape.item();
                let wanted = self.value(filter, &scope.at(item.clone()));
                match wanted.known() {
                    Some(known) if known.number.is_some() && !known.boolean => item.or_missing(),
                    _ => item.mapped(0, None).or_missing(),
                }
            }
        })
    }
}

/// The index that a filter is, where it is written down.
fn index(filter: &AstNode) -> Option<i64> {
    match filter {
        AstNode::Number(number) => whole(*number),
        AstNode::Unary {
            op: UnaryOp::Negate,
            operand,
        } => index(operand).map(|index| -index),
        _ => None,
    }
}

/// JSONata rounds down.
#[expect(
    clippy::cast_possible_truncation,
    reason = "an index that large leads to nothing either way"
)]
fn whole(number: f64) -> Option<i64> {
    number.is_finite().then(|| number.floor() as i64)
}

/// A path of variables and names as it is written.
fn text(steps: &[PathStep]) -> Option<String> {
    let parts = steps.iter().map(|step| match &step.node {
        AstNode::Variable(name) => Some(format!("${name}")),
        AstNode::Name(name) => Some(name.clone()),
        _ => None,
    });
    let parts: Option<Vec<String>> = parts.collect();
    parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join("."))
}
