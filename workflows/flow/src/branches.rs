//! Decisions on data, waits and ends.

use std::rc::Rc;

use expr::{Cases, Expr, Is, Never, Node, Shape, Written};
use serde_json::json;

use crate::{
    Place, Scope, Then,
    names::{camel_case, subject},
    scope::variable,
    tree::{Block, End, Label, Step},
};

impl<'s, 'outer: 's> Scope<'s, 'outer> {
    /// Opens an optional value: the closure runs where there is one.
    #[track_caller]
    pub fn if_some<'o: 's, T: Shape>(
        &self,
        of: &Expr<'o, Option<T>>,
        then: impl for<'x> FnOnce(&Scope<'x, 's>, Expr<'x, T>),
    ) {
        let label = self.label(|| presence(of.node()), Place::here());
        let (steps, ()) = self.inside(&[], |inner| then(inner, inner.opened(of, label.place)));
        self.choose(
            label,
            vec![(Rc::clone(of.is_some().node()), joins(steps))],
            joins(Vec::new()),
            None,
        );
    }

    /// Opens an optional value, and says what stands in where there is none.
    #[track_caller]
    pub fn if_some_else<'o: 's, T: Shape, R: Shape>(
        &self,
        of: &Expr<'o, Option<T>>,
        some: impl for<'x> FnOnce(&Scope<'x, 's>, Expr<'x, T>) -> Then<'x, R>,
        none: impl for<'x> FnOnce(&Scope<'x, 's>) -> Then<'x, R>,
    ) -> Expr<'s, R> {
        let (label, joined) = self.opening(of.node());
        let some = self.arm_without_retry(label.place, &[], |inner| some(inner, inner.opened(of, label.place)));
        let none = self.arm_without_retry(label.place, &[], none);
        self.join(label, vec![(Rc::clone(of.is_some().node()), some)], none, &joined)
    }

    /// The same where there usually is a value: first what stands in where there is none. The last way of a decision is the
    /// one that reports take for the usual one.
    #[track_caller]
    pub fn if_none_else<'o: 's, T: Shape, R: Shape>(
        &self,
        of: &Expr<'o, Option<T>>,
        none: impl for<'x> FnOnce(&Scope<'x, 's>) -> Then<'x, R>,
        some: impl for<'x> FnOnce(&Scope<'x, 's>, Expr<'x, T>) -> Then<'x, R>,
    ) -> Expr<'s, R> {
        let (label, joined) = self.opening(of.node());
        let none = self.arm_without_retry(label.place, &[], none);
        let some = self.arm_without_retry(label.place, &[], |inner| some(inner, inner.opened(of, label.place)));
        self.join(label, vec![(Rc::clone((!of.is_some()).node()), none)], some, &joined)
    }

    /// Runs the closure if the condition holds.
    #[track_caller]
    pub fn when(&self, test: impl Is<'s, bool>, then: impl for<'x> FnOnce(&Scope<'x, 's>)) {
        let test = test.expr();
        let label = self.label(|| condition(test.node()), Place::here());
        let (steps, ()) = self.inside(&[], then);
        self.choose(
            label,
            vec![(Rc::clone(test.node()), joins(steps))],
            joins(Vec::new()),
            None,
        );
    }

    /// One value or the other.
    #[track_caller]
    pub fn if_else<T: Shape>(
        &self,
        test: impl Is<'s, bool>,
        then: impl for<'x> FnOnce(&Scope<'x, 's>) -> Then<'x, T>,
        otherwise: impl for<'x> FnOnce(&Scope<'x, 's>) -> Then<'x, T>,
    ) -> Expr<'s, T> {
        let test = test.expr();
        let label = self.label(|| condition(test.node()), Place::here());
        let joined = camel_case(&label.name);
        let arms = vec![(Rc::clone(test.node()), self.arm_without_retry(label.place, &[], then))];
        let otherwise = self.arm_without_retry(label.place, &[], otherwise);
        self.join(label, arms, otherwise, &joined)
    }

    /// Ends here if the condition holds; the main line goes on if it does not.
    #[track_caller]
    pub fn end_if(&self, test: impl Is<'s, bool>, then: impl for<'x> FnOnce(&Scope<'x, 's>) -> Then<'x, Never>) {
        let test = test.expr();
        let label = self.label(|| condition(test.node()), Place::here());
        let arms = vec![(Rc::clone(test.node()), self.arm_without_retry(label.place, &[], then))];
        self.choose(label, arms, joins(Vec::new()), None);
    }

    /// Decides by the variants of an enum in data. The closure is called once for each; its last variant is what remains
    /// when no other one is found.
    #[track_caller]
    pub fn match_on<'o: 's, E: Shape + Cases, T: Shape>(
        &self,
        of: &Expr<'o, E>,
        mut arm: impl for<'x> FnMut(&Scope<'x, 's>, E::Case<'x>) -> Then<'x, T>,
    ) -> Expr<'s, T> {
        let default = || format!("Which{}", subject(of.node()).unwrap_or_else(|| "Case".to_owned()));
        let label = self.label(default, Place::here());
        let joined = camel_case(&label.name);
        let tests = E::cases(of.node())
            .into_iter()
            .map(|case| case.test)
            .collect::<Vec<_>>();
        let mut arms = tests
            .into_iter()
            .enumerate()
            .map(|(at, test)| {
                let block = self.arm_without_retry(label.place, &[], |inner| {
                    arm(inner, E::cases(of.node()).swap_remove(at).case)
                });
                (test, block)
            })
            .collect::<Vec<_>>();
        let Some((_, last)) = arms.pop() else {
            self.build.find(label.place, "an enum without variants decides nothing");
            return variable(&joined, Written::Unknown);
        };
        self.join(label, arms, last, &joined)
    }

    /// The label of a decision about an optional value, and the variable of what both ways give.
    #[track_caller]
    fn opening(&self, of: &Node) -> (Label, String) {
        let label = self.label(|| presence(of), Place::here());
        let joined = if label.name == presence(of) {
            subject(of).unwrap_or_else(|| "Value".to_owned())
        } else {
            label.name.clone()
        };
        (label, camel_case(&joined))
    }

    /// The value of an optional expression where there is one. An item is taken out of its list here, once: what finds it
    /// may change meanwhile.
    fn opened<'o: 's, T: Shape>(&self, of: &Expr<'o, Option<T>>, place: Place) -> Expr<'s, T> {
        let present: Expr<'s, T> = Expr::from_node(Node::known_present(of.node()));
        if !matches!(&**present.node(), Node::Item { .. }) {
            return present;
        }
        let name = subject(of.node()).map_or_else(|| "item".to_owned(), |name| camel_case(&name));
        let name = self.free_name(&name);
        self.bind(&name, place);
        let (value, written) = (present.settled(), present.node().written());
        self.push(Step::Keep {
            variable: name.clone(),
            value,
            place,
        });
        variable(&name, written)
    }

    fn choose(&self, label: Label, arms: Vec<(Rc<Node>, Block)>, otherwise: Block, joined: Option<String>) {
        self.push(Step::Choice {
            label,
            arms,
            otherwise,
            joined,
        });
    }

    fn join<T: Shape>(
        &self,
        label: Label,
        arms: Vec<(Rc<Node>, Block)>,
        otherwise: Block,
        joined: &str,
    ) -> Expr<'s, T> {
        self.bind(joined, label.place);
        self.choose(label, arms, otherwise, Some(joined.to_owned()));
        variable(joined, Written::Unknown)
    }
}

/// A block that goes on with the main line.
fn joins(steps: Vec<Step>) -> Block {
    Block {
        steps,
        end: End::Value(Rc::new(Node::Literal(json!(null)))),
    }
}

fn presence(node: &Node) -> String {
    format!("Has{}", subject(node).unwrap_or_else(|| "Value".to_owned()))
}

fn condition(node: &Node) -> String {
    format!("If{}", subject(node).unwrap_or_else(|| "Condition".to_owned()))
}
