//! Optional values and lists.

use std::rc::Rc;

use crate::{Expr, Is, Node, Number, Shape, choose, is::literal, operators::function};

impl<'s, T: Shape> Expr<'s, Option<T>> {
    /// Whether there is a value.
    pub fn is_some(&self) -> Expr<'s, bool> {
        Expr::from_node(Rc::new(Node::Present(Rc::clone(self.node()))))
    }

    /// The value if there is one, else `default`.
    pub fn or<'x>(&self, default: impl Is<'x, T>) -> Expr<'x, T>
    where
        's: 'x,
    {
        let present = Expr::from_node(Node::known_present(self.node()));
        let is_some: Expr<'x, bool> = self.is_some().expr();
        choose(is_some, present, default.expr())
    }

    /// No value.
    pub fn none() -> Self {
        literal(serde_json::Value::Null)
    }
}

impl<'s, T: Shape> Expr<'s, Vec<T>> {
    /// How many elements it has.
    pub fn count(&self) -> Expr<'s, u32> {
        function("count", self)
    }

    /// The element at a place, counted from 0; none where the list is not so long. A place that is
    /// drawn at random is kept first: it would be drawn anew for each look at the list.
    ///
    /// ```
    /// # use expr::{Expr, Is, constant};
    /// # let topics: Expr<Vec<String>> = ["alarms", "reports"].expr();
    /// # let round: Expr<u32> = constant(1);
    /// let topic: Expr<String> = topics.get(&round).or("rez");
    /// # let _ = topic;
    /// ```
    pub fn get<'x>(&self, at: impl Is<'x, u32>) -> Expr<'x, Option<T>>
    where
        's: 'x,
    {
        Expr::from_node(Rc::new(Node::Item {
            of: Rc::clone(self.node()),
            at: Rc::clone(at.expr().node()),
            is_there: false,
        }))
    }
}

impl<'s, N: Number> Expr<'s, Vec<N>> {
    /// All elements added up; 0 if there is none.
    pub fn sum(&self) -> Expr<'s, N> {
        function("sum", self)
    }
}
