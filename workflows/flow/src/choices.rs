//! Choices that follow one another directly are one Choice, which costs one transition.
//!
//! What is assigned between them moves to the edges of the one Choice, and its tests read the values themselves.

use std::rc::Rc;

use expr::{Node, Operator};

use crate::{
    edges,
    graph::{Edge, Graph, Kind, Rule},
};

/// Merges chained Choices and simplifies their rules until nothing changes.
pub(crate) fn flatten(graph: &mut Graph) {
    while let Some((at, kind, rounds)) = (0..graph.states.len()).find_map(|at| shorter(graph, at)) {
        graph.states[at].kind = kind;
        graph.states[at].rounds = graph.states[at].rounds.or(rounds);
    }
}

/// A shorter form of a Choice that can be reached, and the loop bound that it takes over.
fn shorter(graph: &Graph, at: usize) -> Option<(usize, Kind, Option<u32>)> {
    let Kind::Choice { rules, default } = &graph.states[at].kind else {
        return None;
    };
    let counts = graph.predecessors();
    if counts[at] == 0 {
        return None;
    }
    if rules.last().is_some_and(|rule| rule.next == *default) && rules.len() > 1 {
        let rules = rules[..rules.len() - 1].to_vec();
        return Some((
            at,
            Kind::Choice {
                rules,
                default: default.clone(),
            },
            None,
        ));
    }
    if let Some(first) = rules.windows(2).position(|pair| pair[0].next == pair[1].next) {
        let mut rules = rules.clone();
        let second = rules.remove(first + 1);
        rules[first].test = Node::binary(Operator::Or, Rc::clone(&rules[first].test), second.test);
        return Some((
            at,
            Kind::Choice {
                rules,
                default: default.clone(),
            },
            None,
        ));
    }
    let chained = |edge: &Edge| {
        let target = edge.target().filter(|target| *target != at && counts[*target] == 1)?;
        match &graph.states[target].kind {
            Kind::Choice { rules, default } if edges::is_stable(edge) => {
                let rules = rules.iter().map(|rule| rule.after(edge)).collect::<Vec<_>>();
                Some((rules, default.after(edge), graph.states[target].rounds))
            }
            _ => None,
        }
    };
    if let Some((more, default, rounds)) = chained(default) {
        let rules = rules.iter().cloned().chain(more).collect();
        return Some((at, Kind::Choice { rules, default }, rounds));
    }
    rules.iter().enumerate().find_map(|(nth, rule)| {
        let (inner, rest, rounds) = chained(&rule.next)?;
        let both = inner.into_iter().map(|inner| Rule {
            test: Node::binary(Operator::And, Rc::clone(&rule.test), inner.test),
            next: inner.next,
        });
        let rest = Rule {
            test: Rc::clone(&rule.test),
            next: rest,
        };
        let rules = rules[..nth]
            .iter()
            .cloned()
            .chain(both)
            .chain([rest])
            .chain(rules[nth + 1..].iter().cloned());
        let kind = Kind::Choice {
            rules: rules.collect(),
            default: default.clone(),
        };
        Some((at, kind, rounds))
    })
}

impl Edge {
    /// This edge, where `earlier` comes before it.
    fn after(&self, earlier: &Self) -> Self {
        let assigns = earlier.assigns.iter().chain(&self.assigns).cloned().collect();
        Self {
            assigns,
            to: self.to.clone(),
        }
    }
}

impl Rule {
    /// This rule, tested on the far side of `earlier`.
    fn after(&self, earlier: &Edge) -> Self {
        Self {
            test: edges::seen_after(&self.test, earlier),
            next: self.next.after(earlier),
        }
    }
}
