//! Lists inside lists.
//!
//! A constructor `[…]` adds the items of a list to its own, unless that list is written as a constructor itself:
//! `[$list, 1]` is one flat list, `[[…], 1]` is not. So a list that is to stay one is put into brackets where it is an item,
//! and into two pairs of them where it may be one.
//!
//! Source: the array constructor in <https://docs.jsonata.org/construction>; its parser and evaluator, `case '['`.

use expr::{Absent, Node, Source};

use super::{Binding, Printer, is_empty_by_default, is_list, names::unread};

impl Printer<'_> {
    /// A list of these items.
    pub(super) fn list(self, items: &[std::rc::Rc<Node>]) -> String {
        let items = items.iter().map(|item| self.item(item)).collect::<Vec<_>>();
        format!("[{}]", items.join(", "))
    }

    /// A list, or one item alone, as a list.
    pub(super) fn list_of(self, of: &Node) -> String {
        if is_list(of) {
            return self.print(of).0;
        }
        if is_empty_by_default(of) {
            return format!("[{}]", self.path(of));
        }
        if begins_with_list(of) {
            return format!("[({})]", self.print(of).0);
        }
        format!("[{}]", self.print(of).0)
    }

    /// The item of a list that stands at a place.
    ///
    /// JSONata looks for the place once for each item, with the item for its context: a path there that does not begin with a
    /// variable is taken from every element of an item that is a list. Such a place is found out before.
    pub(super) fn picked(self, of: &Node, at: &Node) -> String {
        let list = if is_empty_by_default(of) {
            self.path(of)
        } else {
            self.held(of, Binding::Atom)
        };
        let place = self.print(at).0;
        if looks_at_its_context(at) {
            let at = unread("at", std::slice::from_ref(&list));
            return format!("(${at} := {place}; {list}[${at}])");
        }
        format!("{list}[{place}]")
    }

    /// What each element of a list becomes. `$map` gives what one element alone becomes without a list around it, and the
    /// constructor would add its items: what may be lists is put together one by one.
    pub(super) fn each(self, of: &Node, becomes: &Node) -> String {
        let list = self.print(of).0;
        if may_be_list(becomes) {
            let item = self.item(becomes);
            return format!("[$reduce({list}, function($all, $element) {{ $append($all, [{item}]) }}, [])]");
        }
        let item = self.print(becomes).0;
        format!("[$map({list}, function($element) {{ {item} }})]")
    }

    /// An item of a list that is written out: one item, be it a list itself.
    fn item(self, node: &Node) -> String {
        match node {
            Node::Tuple(of) => self.list_of(of),
            Node::OrNull { of, .. } if is_there(of) => self.item(of),
            _ if is_list(node) => self.print(node).0,
            _ => self.added(node).0,
        }
    }

    /// What adds one item where it stands in brackets, or in an expression that does.
    fn added(self, node: &Node) -> (String, Binding) {
        match node {
            Node::Tuple(_) => (format!("[{}]", self.item(node)), Binding::Atom),
            _ if is_list(node) => (format!("[{}]", self.item(node)), Binding::Atom),
            Node::Json(of) => self.added_json(of),
            Node::OrNull { of, .. } if is_there(of) => self.added(of),
            Node::OrNull { of, present } if may_be_list(present) => {
                let (test, _) = self.present(of);
                let present = self.added_held(present);
                (format!("{test} ? {present} : null"), Binding::Conditional)
            }
            Node::Conditional { test, then, otherwise } if may_be_list(then) || may_be_list(otherwise) => {
                let (test, then) = (self.held(test, Binding::Or), self.added_held(then));
                let otherwise = self.added(otherwise).0;
                (format!("{test} ? {then} : {otherwise}"), Binding::Conditional)
            }
            _ => self.print(node),
        }
    }

    fn added_held(self, node: &Node) -> String {
        let (text, binding) = self.added(node);
        if binding < Binding::Or {
            format!("({text})")
        } else {
            text
        }
    }

    /// JSON that may be a list, evaluated once.
    fn added_json(self, of: &Node) -> (String, Binding) {
        let json = self.print(of).0;
        let text = format!("($json := {json}; $type($json) = \"array\" ? [[$json]] : $json)");
        (text, Binding::Atom)
    }
}

/// Whether an optional value is a list that is written out, or a tuple.
fn is_there(of: &Node) -> bool {
    match of {
        Node::OrNull { of, .. } => is_there(of),
        _ => is_list(of) || matches!(of, Node::Tuple(_)),
    }
}

/// Whether a value may be a list.
fn may_be_list(node: &Node) -> bool {
    match node {
        Node::Tuple(_) | Node::Json(_) => true,
        Node::OrNull { of, present } => may_be_list(of) || may_be_list(present),
        Node::Conditional { then, otherwise, .. } => may_be_list(then) || may_be_list(otherwise),
        _ => is_list(node),
    }
}

/// Whether an expression has a path in it that does not begin with a variable, or what its author wrote.
fn looks_at_its_context(node: &Node) -> bool {
    let looks = match node {
        Node::Field { of, .. } => !matches!(
            **of,
            Node::Field {
                absent: Absent::Never | Absent::Null,
                ..
            } | Node::Source(_)
        ),
        Node::Source(Source::Error) | Node::Jsonata { .. } => true,
        _ => false,
    };
    looks || node.children().into_iter().any(|child| looks_at_its_context(child))
}

/// Whether an expression begins with a constructor of which an item is picked: brackets around it would take the item for
/// a list that is written out.
fn begins_with_list(node: &Node) -> bool {
    match node {
        Node::Item { at, .. } if looks_at_its_context(at) => false,
        Node::Item { of, .. } | Node::Element { of, .. } => is_list(of) || begins_with_list(of),
        _ => false,
    }
}
