//! What reaches a state, and how several ways to it come together.

use std::{collections::BTreeMap, rc::Rc};

use crate::{
    scope::{Scope, Variable},
    shape::Shape,
};

/// The data before a state: its input, and the variables on the way to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Flow {
    pub(crate) input: Shape,
    pub(crate) variables: BTreeMap<String, Variable>,
}

impl Flow {
    /// What is so whichever way was taken.
    pub(crate) fn join(mut self, mut other: Self) -> Self {
        self.input = self.input.join(other.input);
        for (name, own) in &mut self.variables {
            match other.variables.remove(name) {
                Some(theirs) => {
                    own.always &= theirs.always;
                    own.shape = std::mem::replace(&mut own.shape, Shape::Any).join(theirs.shape);
                }
                None => own.always = false,
            }
        }
        let rest = other.variables.into_iter();
        self.variables.extend(rest.map(|(name, variable)| {
            (
                name,
                Variable {
                    always: false,
                    ..variable
                },
            )
        }));
        self
    }

    /// The same, where what still changes after many rounds of a loop may be anything.
    pub(crate) fn widened(mut self, before: &Self) -> Self {
        if self.input != before.input {
            self.input = Shape::Any;
        }
        for (name, own) in &mut self.variables {
            if before
                .variables
                .get(name)
                .is_none_or(|earlier| earlier.shape != own.shape)
            {
                own.shape = Shape::Any;
            }
        }
        self
    }

    /// What an expression of a state sees: the variables, and `$states` with these members.
    pub(crate) fn scope(&self, context: &Shape, more: &[(&str, Shape)]) -> Scope {
        let mut states = Shape::object([("input", self.input.clone()), ("context", context.clone())]);
        if let Shape::Known(known) = &mut states {
            let more = more.iter().map(|(name, shape)| ((*name).to_owned(), shape.clone()));
            Rc::make_mut(&mut known.objects[0].fields).extend(more);
        }
        Scope {
            variables: self.variables.clone(),
            item: None,
            found: Vec::new(),
        }
        .with("states", states)
    }

    /// The flow after a condition was learnt in a scope of this flow.
    pub(crate) fn learnt(&self, scope: &Scope) -> Self {
        let mut variables = scope.variables.clone();
        let states = variables.remove("states");
        Self {
            input: states.map_or_else(|| self.input.clone(), |states| states.shape.field("input")),
            variables,
        }
    }
}
