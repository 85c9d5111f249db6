//! The typed expression.

use std::{cell::OnceCell, fmt, marker::PhantomData, ops::Deref, rc::Rc};

use crate::{Node, Shape};

/// A value of type `T` that exists while the workflow runs, usable where the scope `'s` is alive.
///
/// It is a tree that is printed as JSONata in the end. It is evaluated where it is used: `now()` used by two states gives
/// two times. An expression of a record dereferences to the expressions of its fields, so `message.topic` is plain field
/// access.
///
/// `'s` is invariant (the fields are an associated type): where an expression of an outer scope is used in an inner one,
/// [`Is`](crate::Is) shortens it.
pub struct Expr<'s, T: Shape> {
    node: Rc<Node>,
    fields: OnceCell<Box<T::Fields<'s>>>,
    scope: PhantomData<&'s T>,
}

impl<T: Shape> Expr<'_, T> {
    /// An expression from its tree. For the builder and the derives; an author gets expressions from them.
    pub fn from_node(node: Rc<Node>) -> Self {
        Self {
            node,
            fields: OnceCell::new(),
            scope: PhantomData,
        }
    }

    /// JSONata that no method of this crate writes. It is not checked against `T`: a visible exception.
    ///
    /// `source` is one expression. It sees the values of `with` under their names, and nothing else of the workflow:
    /// `Expr::jsonata("$uppercase($title)", &[("title", message.title.node())])`.
    pub fn jsonata(source: &str, with: &[(&str, &Rc<Node>)]) -> Self {
        let with = with
            .iter()
            .map(|(name, node)| ((*name).to_owned(), Rc::clone(node)))
            .collect();
        Self::from_node(Rc::new(Node::Jsonata {
            source: source.to_owned(),
            with,
        }))
    }

    /// The tree.
    pub fn node(&self) -> &Rc<Node> {
        &self.node
    }

    /// The tree in the form in which the value stands alone: lists stay lists, nothing becomes `null`.
    pub fn settled(&self) -> Rc<Node> {
        T::settle(&self.node)
    }
}

impl<T: Shape> Clone for Expr<'_, T> {
    fn clone(&self) -> Self {
        Self::from_node(Rc::clone(&self.node))
    }
}

impl<T: Shape> fmt::Debug for Expr<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

impl<'s, T: Shape> Deref for Expr<'s, T> {
    type Target = T::Fields<'s>;

    fn deref(&self) -> &T::Fields<'s> {
        self.fields.get_or_init(|| Box::new(T::fields(&self.node)))
    }
}
