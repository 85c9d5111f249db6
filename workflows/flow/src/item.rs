//! Conditions on stored items of a DynamoDB table, and changes of them.
//!
//! A closure is given the item as it is stored; what is said of its fields becomes a condition or update expression, with
//! placeholders for names and values, so that no name can clash with a reserved word.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html>.

use std::{marker::PhantomData, ops::Deref, rc::Rc};

use expr::{Attribute, Expr, Is, Node, Number, Shape, Source};

/// The item as it is stored, whose fields conditions and changes name. Their values are not known here.
#[derive(Debug)]
pub struct Stored<'x, 'outer: 'x, T: Shape> {
    item: Expr<'x, T>,
    scope: PhantomData<&'outer ()>,
}

impl<T: Shape> Stored<'_, '_, T> {
    pub(crate) fn new() -> Self {
        Self {
            item: Expr::from_node(Rc::new(Node::Source(Source::Stored))),
            scope: PhantomData,
        }
    }
}

impl<'x, T: Shape> Deref for Stored<'x, '_, T> {
    type Target = Expr<'x, T>;

    fn deref(&self) -> &Expr<'x, T> {
        &self.item
    }
}

/// What must hold of the stored item, or nothing is written.
#[derive(Clone, Debug)]
#[must_use]
pub struct Condition(Test);

#[derive(Clone, Debug)]
enum Test {
    Compare(Rc<Node>, &'static str, Rc<Node>),
    Function(&'static str, Rc<Node>),
    Both(Box<Test>, &'static str, Box<Test>),
    Not(Box<Test>),
}

impl Condition {
    /// Both hold.
    pub fn and(self, other: Self) -> Self {
        Self(Test::Both(Box::new(self.0), "AND", Box::new(other.0)))
    }

    /// At least one holds.
    pub fn or(self, other: Self) -> Self {
        Self(Test::Both(Box::new(self.0), "OR", Box::new(other.0)))
    }

    /// It does not hold.
    #[allow(clippy::should_implement_trait, reason = "reads like `and` and `or`")]
    pub fn not(self) -> Self {
        Self(Test::Not(Box::new(self.0)))
    }
}

/// The field is there, be it `null`.
pub fn exists<T: Attribute>(field: &Expr<'_, T>) -> Condition {
    Condition(Test::Function("attribute_exists", Rc::clone(field.node())))
}

/// The field is not there; of a key field: there is no such item yet.
pub fn is_absent<T: Attribute>(field: &Expr<'_, T>) -> Condition {
    Condition(Test::Function("attribute_not_exists", Rc::clone(field.node())))
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident $sign:literal;)*) => {
        $(
            $(#[$doc])*
            pub fn $name<'x, T: Attribute>(field: &Expr<'x, T>, value: impl Is<'x, T>) -> Condition {
                let value = T::to_attribute(&value.expr().settled());
                Condition(Test::Compare(Rc::clone(field.node()), $sign, value))
            }
        )*
    };
}
comparisons! {
    /// The field has this value.
    equals "=";
    /// The field has another value; also where it is not there.
    differs_from "<>";
    /// The field is smaller.
    less_than "<";
    /// The field is smaller or the same.
    at_most "<=";
    /// The field is larger.
    greater_than ">";
    /// The field is larger or the same.
    at_least ">=";
}

/// A change of one field.
#[derive(Clone, Debug)]
#[must_use]
pub struct Change(Action);

#[derive(Clone, Debug)]
enum Action {
    Set(Rc<Node>, Rc<Node>),
    Add(Rc<Node>, Rc<Node>),
    Remove(Rc<Node>),
}

/// The field gets this value.
pub fn set<'x, T: Attribute>(field: &Expr<'x, T>, value: impl Is<'x, T>) -> Change {
    let value = T::to_attribute(&value.expr().settled());
    Change(Action::Set(Rc::clone(field.node()), value))
}

/// The number grows by this; from 0, where it is not there. A retry after a lost answer adds twice.
pub fn add<'x, N: Number + Attribute>(field: &Expr<'x, N>, number: impl Is<'x, N>) -> Change {
    let number = N::to_attribute(&number.expr().settled());
    Change(Action::Add(Rc::clone(field.node()), number))
}

/// The field is no longer there.
pub fn remove<T: Attribute>(field: &Expr<'_, Option<T>>) -> Change {
    Change(Action::Remove(Rc::clone(field.node())))
}

/// Expressions as they are written, with what they name.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    names: Vec<(String, String)>,
    values: Vec<(String, Rc<Node>)>,
    /// What cannot be written.
    pub(crate) fault: Option<&'static str>,
}

impl Writer {
    /// A condition expression.
    pub(crate) fn condition(&mut self, condition: &Condition) -> String {
        self.test(&condition.0)
    }

    fn test(&mut self, test: &Test) -> String {
        match test {
            Test::Compare(field, sign, value) => {
                let (path, last) = self.path(field);
                format!("{path} {sign} {}", self.value(&last, value))
            }
            Test::Function(name, field) => format!("{name}({})", self.path(field).0),
            Test::Both(left, word, right) => format!("({}) {word} ({})", self.test(left), self.test(right)),
            Test::Not(test) => format!("NOT ({})", self.test(test)),
        }
    }

    /// An update expression.
    pub(crate) fn changes(&mut self, changes: &[Change]) -> String {
        let mut clauses = [("SET", Vec::new()), ("ADD", Vec::new()), ("REMOVE", Vec::new())];
        for Change(action) in changes {
            match action {
                Action::Set(field, value) => {
                    let (path, last) = self.path(field);
                    clauses[0].1.push(format!("{path} = {}", self.value(&last, value)));
                }
                Action::Add(field, value) => {
                    let (path, last) = self.path(field);
                    clauses[1].1.push(format!("{path} {}", self.value(&last, value)));
                }
                Action::Remove(field) => clauses[2].1.push(self.path(field).0),
            }
        }
        if changes.is_empty() {
            self.fault = Some("an update without a change writes nothing");
        }
        let clauses = clauses.iter().filter(|(_, parts)| !parts.is_empty());
        let clauses = clauses.map(|(word, parts)| format!("{word} {}", parts.join(", ")));
        clauses.collect::<Vec<_>>().join(" ")
    }

    /// The names and values, as arguments.
    pub(crate) fn arguments(self) -> Vec<(&'static str, Rc<Node>)> {
        let mut arguments = Vec::new();
        if !self.names.is_empty() {
            let names = self.names.into_iter();
            let names = names.map(|(placeholder, name)| (placeholder, Rc::new(Node::Literal(name.into()))));
            arguments.push(("ExpressionAttributeNames", Rc::new(Node::Record(names.collect()))));
        }
        if !self.values.is_empty() {
            arguments.push(("ExpressionAttributeValues", Rc::new(Node::Record(self.values))));
        }
        arguments
    }

    /// The path of a field, and what a value for it is called.
    fn path(&mut self, field: &Node) -> (String, String) {
        let Node::Field { of, name, .. } = field else {
            self.fault = Some("only a field of the stored item can be compared or changed");
            return (String::new(), String::new());
        };
        let own = self.name(name);
        let last = own[1..].to_owned();
        match &**of {
            Node::Source(Source::Stored) => (own, last),
            of => (format!("{}.{own}", self.path(of).0), last),
        }
    }

    fn name(&mut self, name: &str) -> String {
        if let Some((placeholder, _)) = self.names.iter().find(|(_, known)| known == name) {
            return placeholder.clone();
        }
        let plain = name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        let placeholder = if plain {
            format!("#{name}")
        } else {
            format!("#field{}", self.names.len() + 1)
        };
        self.names.push((placeholder.clone(), name.to_owned()));
        placeholder
    }

    fn value(&mut self, of: &str, value: &Rc<Node>) -> String {
        let mut placeholder = format!(":{of}");
        while self.values.iter().any(|(taken, _)| *taken == placeholder) {
            placeholder.insert_str(1, "other_");
        }
        self.values.push((placeholder.clone(), Rc::clone(value)));
        placeholder
    }
}
