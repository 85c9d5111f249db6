//! Tuples: values side by side, as the branches of a Parallel give them. On the wire each is a list.

use std::rc::Rc;

use crate::{Equatable, Expr, Is, Node, Shape};

macro_rules! tuples {
    ($($value:ident: $type:ident at $at:tt),+) => {
        impl<$($type: Shape),+> Shape for ($($type,)+) {
            type Fields<'s> = ($(Expr<'s, $type>,)+);

            fn fields<'s>(of: &Rc<Node>) -> Self::Fields<'s> {
                ($(Expr::<'s, $type>::from_node(Rc::new(Node::Element { of: Rc::clone(of), at: $at })),)+)
            }

            fn settle(node: &Rc<Node>) -> Rc<Node> {
                match &**node {
                    Node::Literal(_) | Node::List(_) | Node::Tuple(_) => Rc::clone(node),
                    _ => Rc::new(Node::Tuple(Rc::clone(node))),
                }
            }
        }

        impl<$($type: Equatable),+> Equatable for ($($type,)+) {
            const IS_JSON: bool = $($type::IS_JSON)&&+;

            fn comparable(node: &Rc<Node>) -> Rc<Node> {
                if Self::IS_JSON {
                    return Self::settle(node);
                }
                let fields = Self::fields(node);
                Rc::new(Node::List(vec![$($type::comparable(fields.$at.node())),+]))
            }
        }

        impl<'x, $($type: Shape, $value: Is<'x, $type>),+> Is<'x, ($($type,)+)> for ($($value,)+) {
            fn expr(self) -> Expr<'x, ($($type,)+)> {
                Expr::from_node(Rc::new(Node::List(vec![$(self.$at.expr().settled()),+])))
            }
        }
    };
}
tuples!(T0: A at 0, T1: B at 1);
tuples!(T0: A at 0, T1: B at 1, T2: C at 2);
tuples!(T0: A at 0, T1: B at 1, T2: C at 2, T3: D at 3);
