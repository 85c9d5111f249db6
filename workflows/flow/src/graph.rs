//! The graph of states between the author's tree and the States Language.

use std::rc::Rc;

use asl::Retrier;
use expr::{Node, Source, Written};

use crate::{
    scope::variable,
    tree::{Each, Label, WaitUntil},
};

/// States with edges between them: a workflow's, a branch's or an iteration's.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    /// What tells the states that the builder adds here from those that it adds elsewhere; empty for the workflow.
    pub(crate) name: String,
    pub(crate) states: Vec<State>,
    pub(crate) start: usize,
    pub(crate) gets: Gets,
    /// The variables that hold what is given, and where it stands in the first state.
    pub(crate) given: Vec<(String, String)>,
    /// The variables that are read here and written outside.
    pub(crate) captured: Vec<String>,
}

/// What a graph is given as the input of its first state.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Gets {
    /// The workflow's input.
    Input,
    /// Nothing that its states would read.
    Nothing,
    /// An item, in these variables with its index. In a child execution the variables from outside are given too.
    Item {
        item: String,
        index: String,
        in_child: bool,
    },
}

/// One state.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) label: Label,
    pub(crate) kind: Kind,
    /// The bound, if the state is the head of a loop.
    pub(crate) rounds: Option<u32>,
    /// The variable that the state before hands over, and where it stands here.
    pub(crate) given: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Task(Box<Task>),
    Wait { until: WaitUntil, next: Edge },
    Choice { rules: Vec<Rule>, default: Edge },
    Pass { next: Edge },
    Succeed { output: Rc<Node> },
    Fail { error: String, cause: Option<Rc<Node>> },
    Nest(Box<Nest>),
}

/// A state with states inside: a Parallel or a Map.
#[derive(Clone, Debug)]
pub(crate) struct Nest {
    /// The branches, or the one processor.
    pub(crate) bodies: Vec<Graph>,
    /// What a Map goes over; a Parallel when absent.
    pub(crate) each: Option<Each>,
    pub(crate) retry: Vec<Retrier>,
    pub(crate) catch: Vec<Caught>,
    pub(crate) next: Edge,
}

#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) resource: String,
    pub(crate) arguments: Rc<Node>,
    pub(crate) timeout: Rc<Node>,
    pub(crate) heartbeat_seconds: Option<u32>,
    pub(crate) retry: Vec<Retrier>,
    pub(crate) catch: Vec<Caught>,
    pub(crate) next: Edge,
}

#[derive(Clone, Debug)]
pub(crate) struct Caught {
    pub(crate) errors: Vec<String>,
    pub(crate) next: Edge,
}

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) test: Rc<Node>,
    pub(crate) next: Edge,
}

/// The way from one state to the next, and what is assigned on it, in order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Edge {
    pub(crate) assigns: Vec<(String, Rc<Node>)>,
    pub(crate) to: To,
    /// What the next state gets as its input, if it reads that.
    pub(crate) output: Option<Rc<Node>>,
}

/// Where an edge leads.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum To {
    State(usize),
    /// The main line's end, with the workflow's output.
    End(Rc<Node>),
}

impl Edge {
    pub(crate) fn to(state: usize) -> Self {
        Self {
            assigns: Vec::new(),
            to: To::State(state),
            output: None,
        }
    }

    /// An edge to the end, with the output.
    pub(crate) fn end(output: Rc<Node>) -> Self {
        Self {
            assigns: Vec::new(),
            to: To::End(output),
            output: None,
        }
    }

    /// The same edge with an assignment before all others.
    pub(crate) fn assigning(mut self, variable: &str, value: Rc<Node>) -> Self {
        self.assigns.insert(0, (variable.to_owned(), value));
        self
    }

    pub(crate) fn target(&self) -> Option<usize> {
        match self.to {
            To::State(state) => Some(state),
            To::End(_) => None,
        }
    }
}

impl Graph {
    pub(crate) fn new(name: &str, gets: Gets) -> Self {
        Self {
            name: name.to_owned(),
            states: Vec::new(),
            start: 0,
            gets,
            given: Vec::new(),
            captured: Vec::new(),
        }
    }

    /// Where what is given stands, in this state.
    pub(crate) fn given_at(&self, state: usize) -> &[(String, String)] {
        if state == self.start {
            &self.given
        } else {
            &self.states[state].given
        }
    }

    pub(crate) fn add(&mut self, label: Label, kind: Kind) -> usize {
        self.states.push(State {
            label,
            kind,
            rounds: None,
            given: Vec::new(),
        });
        self.states.len() - 1
    }

    /// The states that can be reached, in the order in which a reader meets them: the main line first.
    pub(crate) fn order(&self) -> Vec<usize> {
        let (mut order, mut stack) = (Vec::new(), vec![self.start]);
        let mut seen = vec![false; self.states.len()];
        while let Some(at) = stack.pop() {
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            order.push(at);
            stack.extend(self.states[at].edges().into_iter().rev().filter_map(Edge::target));
        }
        order
    }

    /// The states that can be reached, each followed by those inside it.
    pub(crate) fn reached(&self) -> Vec<&State> {
        let own = self.order().into_iter().map(|at| &self.states[at]);
        own.flat_map(|state| {
            let inner = state.bodies().iter().flat_map(Self::reached);
            std::iter::once(state).chain(inner).collect::<Vec<_>>()
        })
        .collect()
    }

    /// What a Map's selector writes for one of the variables that are given to its body.
    pub(crate) fn selected(&self, name: &str) -> Rc<Node> {
        let of_map = |field| Rc::new(Node::Source(Source::Context(field)));
        match &self.gets {
            Gets::Item { item, .. } if item == name => of_map(&["Map", "Item", "Value"]),
            Gets::Item { index, .. } if index == name => of_map(&["Map", "Item", "Index"]),
            _ => variable::<()>(name, Written::Unknown).node().clone(),
        }
    }

    /// How many edges lead to each state; the start counts as one.
    pub(crate) fn predecessors(&self) -> Vec<usize> {
        let mut counts = vec![0; self.states.len()];
        counts[self.start] += 1;
        for at in self.order() {
            for target in self.states[at].edges().into_iter().filter_map(Edge::target) {
                counts[target] += 1;
            }
        }
        counts
    }
}

/// The variables that an expression reads; the workflow's input counts as `input`.
pub(crate) fn variables(node: &Node, into: &mut Vec<String>) {
    match node {
        Node::Source(Source::Variable { name, .. }) if !into.contains(name) => into.push(name.clone()),
        Node::Source(Source::Input) if !into.iter().any(|name| name == INPUT) => into.push(INPUT.to_owned()),
        _ => node.children().into_iter().for_each(|child| variables(child, into)),
    }
}

/// Where the whole of what is given stands in the first state.
pub(crate) const WHOLE: &str = "$states.input";

/// The variable that keeps the workflow's input.
pub(crate) const INPUT: &str = "input";
