//! DynamoDB's attribute values: `{"S": "text"}`, `{"N": "5"}`, `{"M": {…}}`.
//!
//! Source: `AttributeValue` in
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html>.

use std::rc::Rc;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{Absent, Node, Shape, Source, TaskToken};

/// A type whose values can be attributes of a DynamoDB item. The plain types, their lists and options are; for a record or
/// an enum without data, derive [`Item`](derive@crate::Item).
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be an attribute of a DynamoDB item",
    note = "derive `expr::Item` for records and enums without data; lists of lists and of options are not attributes here"
)]
pub trait Attribute: Shape {
    /// The type of the attribute: `S`, `N`, `BOOL`, `L` or `M`.
    const TYPE: &'static str;

    /// What stands under [`TYPE`](Self::TYPE) for a value.
    fn encode(value: &Rc<Node>) -> Rc<Node>;

    /// The value of what stands under [`TYPE`](Self::TYPE).
    fn decode(encoded: &Rc<Node>) -> Rc<Node>;

    /// The attribute of a value.
    fn to_attribute(value: &Rc<Node>) -> Rc<Node> {
        Rc::new(Node::Record(vec![(Self::TYPE.to_owned(), Self::encode(value))]))
    }

    /// The value of an attribute.
    fn from_attribute(attribute: &Rc<Node>) -> Rc<Node> {
        Self::decode(&Node::field(attribute, Self::TYPE, Absent::Never))
    }

    /// The value of an attribute that may not be there: the default, if the field has one.
    fn from_member(attribute: &Rc<Node>, absent: Absent) -> Rc<Node> {
        match absent {
            Absent::Default(default) => Rc::new(Node::Conditional {
                test: has::<Self>(attribute),
                then: Self::from_attribute(attribute),
                otherwise: Rc::new(Node::Literal(default)),
            }),
            Absent::Never | Absent::Null => Self::from_attribute(attribute),
        }
    }
}

/// A record whose fields are attributes: an item of a table, or the key of one. Derive it.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be an item of a DynamoDB table",
    note = "derive `expr::Item` for the record"
)]
pub trait Item: Attribute {}

/// What lists of attributes hold: every attribute but lists and options.
#[diagnostic::on_unimplemented(
    message = "a list of `{Self}` cannot be an attribute of a DynamoDB item",
    note = "lists of lists and lists of options are not attributes here: put a record between them"
)]
pub trait Element: Attribute {}

fn has<T: Attribute + ?Sized>(attribute: &Rc<Node>) -> Rc<Node> {
    Node::function("exists", vec![Node::field(attribute, T::TYPE, Absent::Never)])
}

macro_rules! as_they_are {
    ($type_name:literal: $($type:ty),*) => {
        $(
            impl Attribute for $type {
                const TYPE: &'static str = $type_name;

                fn encode(value: &Rc<Node>) -> Rc<Node> {
                    Rc::clone(value)
                }

                fn decode(encoded: &Rc<Node>) -> Rc<Node> {
                    Rc::clone(encoded)
                }
            }

            impl Element for $type {}
        )*
    };
}
as_they_are!("S": String, Timestamp, TaskToken);
as_they_are!("BOOL": bool);

macro_rules! numbers {
    ($($type:ty),*) => {
        $(
            impl Attribute for $type {
                const TYPE: &'static str = "N";

                fn encode(value: &Rc<Node>) -> Rc<Node> {
                    match &**value {
                        Node::Literal(number) => Rc::new(Node::Literal(json!(number.to_string()))),
                        _ => Node::function("string", vec![Rc::clone(value)]),
                    }
                }

                fn decode(encoded: &Rc<Node>) -> Rc<Node> {
                    Node::function("number", vec![Rc::clone(encoded)])
                }
            }

            impl Element for $type {}
        )*
    };
}
// Exact up to 2^53, as all numbers of JSONata.
numbers!(u8, u16, u32, u64, i32, i64, f64);

impl<T: Attribute> Attribute for Option<T> {
    const TYPE: &'static str = T::TYPE;

    fn encode(value: &Rc<Node>) -> Rc<Node> {
        T::encode(value)
    }

    fn decode(encoded: &Rc<Node>) -> Rc<Node> {
        T::decode(encoded)
    }

    fn to_attribute(value: &Rc<Node>) -> Rc<Node> {
        let (of, present) = match &**value {
            Node::OrNull { of, present } => (of, Rc::clone(present)),
            _ => (value, Node::known_present(value)),
        };
        match &**of {
            Node::Literal(Value::Null) => return nothing(),
            Node::Literal(_) | Node::Record(_) | Node::List(_) => return T::to_attribute(&present),
            _ => {}
        }
        Rc::new(Node::Conditional {
            test: Rc::new(Node::Present(Rc::clone(of))),
            then: T::to_attribute(&present),
            otherwise: nothing(),
        })
    }

    fn from_attribute(attribute: &Rc<Node>) -> Rc<Node> {
        Rc::new(Node::Conditional {
            test: has::<T>(attribute),
            then: T::from_attribute(attribute),
            otherwise: Rc::new(Node::Literal(Value::Null)),
        })
    }
}

fn nothing() -> Rc<Node> {
    Rc::new(Node::Literal(json!({ "NULL": true })))
}

impl<T: Element> Attribute for Vec<T> {
    const TYPE: &'static str = "L";

    fn encode(value: &Rc<Node>) -> Rc<Node> {
        match &**value {
            Node::List(items) => Rc::new(Node::List(items.iter().map(T::to_attribute).collect())),
            Node::Literal(Value::Array(items)) => {
                let items = items
                    .iter()
                    .map(|item| T::to_attribute(&Rc::new(Node::Literal(item.clone()))));
                Rc::new(Node::List(items.collect()))
            }
            Node::ListOf(of) => each(of, T::to_attribute),
            _ => each(value, T::to_attribute),
        }
    }

    fn decode(encoded: &Rc<Node>) -> Rc<Node> {
        each(encoded, T::from_attribute)
    }
}

fn each(of: &Rc<Node>, becomes: fn(&Rc<Node>) -> Rc<Node>) -> Rc<Node> {
    Rc::new(Node::Each {
        of: Rc::clone(of),
        becomes: becomes(&Rc::new(Node::Source(Source::Element))),
    })
}
