//! What an expression can see.

use std::collections::BTreeMap;

use jsonata_core::ast::AstNode;

use crate::shape::Shape;

/// A variable on the way to a state.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Variable {
    /// Its possible values where it is assigned.
    pub(crate) shape: Shape,
    /// Whether every path assigns it.
    pub(crate) always: bool,
}

/// The variables that an expression sees, `states` among them, and the context item of a path's step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    pub(crate) variables: BTreeMap<String, Variable>,
    pub(crate) item: Option<Shape>,
    /// Expressions beyond plain paths that are known to give something.
    pub(crate) found: Vec<AstNode>,
}

impl Scope {
    /// The same with one more variable, which is assigned on every path.
    pub(crate) fn with(&self, name: &str, shape: Shape) -> Self {
        let mut scope = self.clone();
        scope
            .variables
            .insert(name.to_owned(), Variable { shape, always: true });
        // They may be about this variable.
        scope.found.clear();
        scope
    }

    /// The same for the filter or step of a path, where names are fields of this item.
    pub(crate) fn at(&self, item: Shape) -> Self {
        Self {
            item: Some(item),
            variables: self.variables.clone(),
            // They may be about the item around this one.
            found: Vec::new(),
        }
    }

    /// Refines what is known of `$name.path`. Says whether that is still possible.
    pub(crate) fn refine(&mut self, path: &[String], refine: &dyn Fn(Shape) -> Shape) -> bool {
        let [name, rest @ ..] = path else { return true };
        let Some(variable) = self.variables.get_mut(name) else {
            return true;
        };
        let before = if variable.always {
            variable.shape.clone()
        } else {
            variable.shape.clone().or_missing()
        };
        let refined = before.refined(rest, refine);
        if refined.is_impossible() {
            return false;
        }
        // What is certainly there has been assigned.
        if !refined.may_be_missing() && refined != Shape::Any {
            variable.always = true;
        }
        variable.shape = refined;
        true
    }
}
