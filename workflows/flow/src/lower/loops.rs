//! Loops: a counter, a Choice at the head, an edge back.

use std::rc::Rc;

use expr::{Node, Operator, Source, Written};
use serde_json::json;

use super::{Follow, Lowering};
use crate::{
    Finding, Place,
    graph::{Edge, Kind, Rule},
    tree::{Loop, LoopId},
};

/// The head of a loop whose body is being written.
pub(super) struct Head {
    id: LoopId,
    state: usize,
    counter: String,
    carried: String,
}

impl Lowering<'_> {
    pub(super) fn again(&mut self, of: LoopId, carried: &Rc<Node>, place: Place) -> Edge {
        let Some(head) = self.loops.iter().find(|head| head.id == of) else {
            let message = "a branch or an iteration cannot go round a loop that lies outside of it";
            self.findings.push(Finding::new(place, message));
            return Edge::end(Rc::clone(carried));
        };
        let counter = Node::Source(Source::Variable {
            name: head.counter.clone(),
            written: Written::Deep,
        });
        let next = Node::binary(Operator::Add, Rc::new(counter), Rc::new(Node::Literal(json!(1))));
        let edge = Edge::to(head.state);
        let edge = if head.carried.is_empty() {
            edge
        } else {
            edge.assigning(&head.carried, Rc::clone(carried))
        };
        // The counter last: a value that is carried on and reads it means the round in which it was made.
        Edge {
            assigns: edge.assigns.into_iter().chain([(head.counter.clone(), next)]).collect(),
            ..edge
        }
    }

    pub(super) fn repeat(&mut self, step: &Loop, next: Edge) -> Edge {
        let head = self.graph.add(
            step.label.clone(),
            Kind::Fail {
                error: String::new(),
                cause: None,
            },
        );
        self.loops.push(Head {
            id: step.id,
            state: head,
            counter: step.counter.clone(),
            carried: step.carried.clone(),
        });
        let follow = Follow::Edge {
            variable: Some(step.joined.clone()),
            next,
        };
        let body = self.block(&step.body, &follow);
        let spent = self.block(&step.spent, &follow);
        self.loops.pop();
        let counter = Node::Source(Source::Variable {
            name: step.counter.clone(),
            written: Written::Deep,
        });
        let test = Node::binary(
            Operator::Greater,
            Rc::new(counter),
            Rc::new(Node::Literal(json!(step.rounds))),
        );
        self.graph.states[head].kind = Kind::Choice {
            rules: vec![Rule { test, next: spent }],
            default: body,
        };
        self.graph.states[head].rounds = Some(step.rounds);
        let mut entry = Edge::to(head);
        if !step.carried.is_empty() {
            entry = entry.assigning(&step.carried, Rc::clone(&step.first));
        }
        entry
            .assigns
            .push((step.counter.clone(), Rc::new(Node::Literal(json!(1)))));
        entry
    }
}
