//! The tree behind an expression.

use std::rc::Rc;

use serde_json::Value;

/// One node of an expression tree. It is printed only when the whole workflow is known.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A constant.
    Literal(Value),
    /// A value from outside the expression.
    Source(Source),
    /// A field of a record.
    Field {
        /// The record.
        of: Rc<Node>,
        /// The field's name on the wire.
        name: String,
        /// What an absent field means.
        absent: Absent,
    },
    /// An element of a tuple, counted from 0.
    Element {
        /// The tuple.
        of: Rc<Node>,
        /// Which element.
        at: usize,
    },
    /// The item of a list that stands at a place, counted from 0.
    Item {
        /// The list.
        of: Rc<Node>,
        /// The place, a number.
        at: Rc<Node>,
        /// Whether the list is known to be so long.
        is_there: bool,
    },
    /// A record, its fields in order.
    Record(Vec<(String, Rc<Node>)>),
    /// A list of single values.
    List(Vec<Rc<Node>>),
    /// A value that must come out as a list, even with one element or none.
    ListOf(Rc<Node>),
    /// A tuple, which is a list of two or more items.
    Tuple(Rc<Node>),
    /// JSON of any form, which may be a list.
    Json(Rc<Node>),
    /// An optional value that stands alone and must come out as `null` when there is none.
    OrNull {
        /// The value, which may be absent or `null`.
        of: Rc<Node>,
        /// The same value in the form it takes when it is there.
        present: Rc<Node>,
    },
    /// Whether an optional value is there: neither absent nor `null`.
    Present(Rc<Node>),
    /// Two operands and an operator.
    Binary {
        /// The operator.
        operator: Operator,
        /// The left operand.
        left: Rc<Node>,
        /// The right operand.
        right: Rc<Node>,
    },
    /// `test ? then : otherwise`.
    Conditional {
        /// The condition.
        test: Rc<Node>,
        /// The value if it holds.
        then: Rc<Node>,
        /// The value if it does not.
        otherwise: Rc<Node>,
    },
    /// The list of what each element of a list becomes.
    Each {
        /// The list.
        of: Rc<Node>,
        /// What an element becomes, which is [`Source::Element`] here.
        becomes: Rc<Node>,
    },
    /// A function of JSONata or of Step Functions, named without its `$`.
    Function {
        /// The name, for example `max`.
        name: &'static str,
        /// The arguments.
        arguments: Vec<Rc<Node>>,
    },
    /// JSONata as its author wrote it.
    Jsonata {
        /// The text.
        source: String,
        /// The values it names.
        with: Vec<(String, Rc<Node>)>,
    },
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// The input of the workflow.
    Input,
    /// A variable.
    Variable {
        /// The name, without its `$`.
        name: String,
        /// How much of its optional fields is written.
        written: Written,
    },
    /// The result of the call that has just succeeded; its path below `$states.result`.
    Result(&'static [&'static str]),
    /// The declared error that has just been caught, as the record of its fields.
    Error,
    /// What is said of the error that has just been caught: a text, which may say anything.
    Cause,
    /// The name of the error that has just been caught.
    ErrorName,
    /// The item of a DynamoDB table that a condition or a change is about.
    Stored,
    /// The element at hand, inside [`Node::Each`].
    Element,
    /// A value of the context object; its path below `$states.context`.
    Context(&'static [&'static str]),
}

/// How much of a record's optional fields is written, as `null` at least, instead of being left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Nobody knows: somebody else wrote it.
    Unknown,
    /// All fields of the record itself; those of records inside it may be left out.
    Fields,
    /// All fields at any depth, as in the answers of activities.
    Deep,
}

/// What it means that a field is absent.
#[derive(Clone, Debug, PartialEq)]
pub enum Absent {
    /// It is always there.
    Never,
    /// The field is optional: the same as `null`.
    Null,
    /// The field has a default.
    Default(Value),
}

/// The operators of two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Concat,
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Node {
    /// A field that is always there.
    pub fn field(of: &Rc<Self>, name: &str, absent: Absent) -> Rc<Self> {
        Rc::new(Self::Field {
            of: Rc::clone(of),
            name: name.to_owned(),
            absent,
        })
    }

    /// An operator applied to two operands.
    pub fn binary(operator: Operator, left: Rc<Self>, right: Rc<Self>) -> Rc<Self> {
        Rc::new(Self::Binary { operator, left, right })
    }

    /// A function applied to its arguments.
    pub fn function(name: &'static str, arguments: Vec<Rc<Self>>) -> Rc<Self> {
        Rc::new(Self::Function { name, arguments })
    }

    /// The value of an optional expression where it is known to be there.
    pub fn known_present(of: &Rc<Self>) -> Rc<Self> {
        match &**of {
            Self::Field {
                of,
                name,
                absent: Absent::Null,
            } => Self::field(of, name, Absent::Never),
            Self::Item { of, at, .. } => Rc::new(Self::Item {
                of: Rc::clone(of),
                at: Rc::clone(at),
                is_there: true,
            }),
            _ => Rc::clone(of),
        }
    }

    /// Whether evaluation may find nothing here, which JSONata calls undefined.
    pub fn may_be_undefined(&self) -> bool {
        match self {
            Self::Field {
                of,
                absent: Absent::Null,
                ..
            } => of.written() == Written::Unknown,
            Self::Item { is_there, .. } => !is_there,
            Self::Tuple(of) | Self::Json(of) => of.may_be_undefined(),
            _ => false,
        }
    }

    /// How much of this record's optional fields is written.
    pub fn written(&self) -> Written {
        match self {
            Self::Source(Source::Variable { written, .. }) => *written,
            Self::Source(Source::Result(_)) => Written::Deep,
            Self::Field { of, .. } | Self::Element { of, .. } | Self::Item { of, .. }
                if of.written() == Written::Deep =>
            {
                Written::Deep
            }
            Self::Tuple(of) => of.written(),
            // The twin of a struct writes each of its fields.
            Self::Record(_) => Written::Fields,
            _ => Written::Unknown,
        }
    }

    /// The nodes directly below this one.
    pub fn children(&self) -> Vec<&Rc<Self>> {
        match self {
            Self::Literal(_) | Self::Source(_) => Vec::new(),
            Self::Field { of, .. }
            | Self::Element { of, .. }
            | Self::ListOf(of)
            | Self::Tuple(of)
            | Self::Json(of)
            | Self::Present(of) => vec![of],
            Self::OrNull { of, present } => vec![of, present],
            Self::Each { of, becomes } => vec![of, becomes],
            Self::Item { of, at, .. } => vec![of, at],
            Self::Record(fields) | Self::Jsonata { with: fields, .. } => fields.iter().map(|(_, node)| node).collect(),
            Self::List(nodes) | Self::Function { arguments: nodes, .. } => nodes.iter().collect(),
            Self::Binary { left, right, .. } => vec![left, right],
            Self::Conditional { test, then, otherwise } => vec![test, then, otherwise],
        }
    }

    /// Whether it reads this variable.
    pub fn reads(&self, variable: &str) -> bool {
        matches!(self, Self::Source(Source::Variable { name, .. }) if name == variable)
            || self.children().into_iter().any(|child| child.reads(variable))
    }

    /// The same node with `change` applied to each node directly below it.
    #[must_use]
    pub fn map_children(&self, mut change: impl FnMut(&Rc<Self>) -> Rc<Self>) -> Self {
        match self {
            Self::Literal(_) | Self::Source(_) => self.clone(),
            Self::Field { of, name, absent } => Self::Field {
                of: change(of),
                name: name.clone(),
                absent: absent.clone(),
            },
            Self::Element { of, at } => Self::Element {
                of: change(of),
                at: *at,
            },
            Self::Item { of, at, is_there } => Self::Item {
                of: change(of),
                at: change(at),
                is_there: *is_there,
            },
            Self::ListOf(of) => Self::ListOf(change(of)),
            Self::Tuple(of) => Self::Tuple(change(of)),
            Self::Json(of) => Self::Json(change(of)),
            Self::Present(of) => Self::Present(change(of)),
            Self::OrNull { of, present } => Self::OrNull {
                of: change(of),
                present: change(present),
            },
            Self::Each { of, becomes } => Self::Each {
                of: change(of),
                becomes: change(becomes),
            },
            Self::Record(fields) => Self::Record(named(fields, change)),
            Self::Jsonata { source, with } => Self::Jsonata {
                source: source.clone(),
                with: named(with, change),
            },
            Self::List(nodes) => Self::List(nodes.iter().map(change).collect()),
            Self::Function { name, arguments } => Self::Function {
                name,
                arguments: arguments.iter().map(change).collect(),
            },
            Self::Binary { operator, left, right } => Self::Binary {
                operator: *operator,
                left: change(left),
                right: change(right),
            },
            Self::Conditional { test, then, otherwise } => Self::Conditional {
                test: change(test),
                then: change(then),
                otherwise: change(otherwise),
            },
        }
    }
}

fn named(fields: &[(String, Rc<Node>)], mut change: impl FnMut(&Rc<Node>) -> Rc<Node>) -> Vec<(String, Rc<Node>)> {
    fields.iter().map(|(name, node)| (name.clone(), change(node))).collect()
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        Self::Literal(value)
    }
}
