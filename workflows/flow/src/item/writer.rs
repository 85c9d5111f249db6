//! Expressions as DynamoDB reads them, with placeholders for names and values.

use std::rc::Rc;

use expr::{Node, Source};

use super::{
    Action, Change,
    condition::{Condition, Test},
};

/// Expressions as they are written, with what they name.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    names: Vec<(String, String)>,
    values: Vec<(String, Rc<Node>)>,
    /// What cannot be written.
    pub(crate) fault: Option<String>,
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

    /// An update expression for the item with this key.
    pub(crate) fn changes(&mut self, key: &Node, changes: &[Change]) -> String {
        self.check(key, changes);
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
        let clauses = clauses.iter().filter(|(_, parts)| !parts.is_empty());
        let clauses = clauses.map(|(word, parts)| format!("{word} {}", parts.join(", ")));
        clauses.collect::<Vec<_>>().join(" ")
    }

    /// What DynamoDB would refuse. Source:
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html>.
    fn check(&mut self, key: &Node, changes: &[Change]) {
        if changes.is_empty() {
            self.find("an update without a change writes nothing");
        }
        let paths = changes.iter().map(|Change(action)| segments(action.field()));
        let paths = paths.collect::<Vec<_>>();
        for (nth, path) in paths.iter().enumerate() {
            let named = path.join(".");
            if let Some(other) = paths[..nth].iter().find(|other| overlap(other, path)) {
                let other = other.join(".");
                self.find(&format!(
                    "`{other}` and `{named}` overlap: one update changes a field once"
                ));
            }
            if matches!(changes[nth].0, Action::Add(..)) && path.len() > 1 {
                self.find(&format!(
                    "`{named}` lies inside another field: `add` changes fields of the item itself alone"
                ));
            }
            if let (Node::Record(key), [first, ..]) = (key, &path[..])
                && key.iter().any(|(name, _)| name == first)
            {
                self.find(&format!("`{first}` belongs to the key: it stays as it is"));
            }
        }
    }

    /// The first that is wrong is told.
    fn find(&mut self, fault: &str) {
        self.fault.get_or_insert_with(|| fault.to_owned());
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
            self.find("only a field of the stored item can be compared or changed");
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
        let mut placeholder = if plain {
            format!("#{name}")
        } else {
            format!("#field{}", self.names.len() + 1)
        };
        // A field may be called as the placeholder of another one is.
        while self.names.iter().any(|(taken, _)| *taken == placeholder) {
            placeholder.push('_');
        }
        self.names.push((placeholder.clone(), name.to_owned()));
        placeholder
    }

    fn value(&mut self, of: &str, value: &Rc<Node>) -> String {
        if reads_stored(value) {
            self.find("a value cannot be read from the stored item; use `add` to change a number by another one");
        }
        let mut placeholder = format!(":{of}");
        while self.values.iter().any(|(taken, _)| *taken == placeholder) {
            placeholder.insert_str(1, "other_");
        }
        self.values.push((placeholder.clone(), Rc::clone(value)));
        placeholder
    }
}

/// Whether a value is made of the stored item, which the workflow does not have.
fn reads_stored(node: &Node) -> bool {
    matches!(node, Node::Source(Source::Stored)) || node.children().into_iter().any(|child| reads_stored(child))
}

/// The names that lead to a field of the stored item, from the item inwards; none if it is a field of something else.
fn segments(field: &Node) -> Vec<&str> {
    let mut names = Vec::new();
    let mut field = field;
    while let Node::Field { of, name, .. } = field {
        names.insert(0, name.as_str());
        field = of;
    }
    names.truncate(if matches!(field, Node::Source(Source::Stored)) {
        names.len()
    } else {
        0
    });
    names
}

/// Whether one path is the other or leads to it.
fn overlap(one: &[&str], other: &[&str]) -> bool {
    let both = !one.is_empty() && !other.is_empty();
    both && one.iter().zip(other).all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use expr::Absent;

    use super::*;

    #[test]
    fn no_two_fields_have_one_placeholder() {
        let stored = Rc::new(Node::Source(Source::Stored));
        for order in [
            ["field2", "a-b", "c-d"],
            ["a-b", "c-d", "field1"],
            ["x", "a-b", "field2"],
        ] {
            let mut writer = Writer::default();
            let paths = order.map(|name| writer.path(&Node::field(&stored, name, Absent::Never)).0);
            assert!(
                paths[0] != paths[1] && paths[1] != paths[2] && paths[0] != paths[2],
                "{paths:?}"
            );
        }
    }
}
