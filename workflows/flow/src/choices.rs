//! Choices that follow one another directly are one Choice, which costs one transition.

use std::rc::Rc;

use expr::{Node, Operator};

use crate::graph::{Graph, Kind, Rule};

/// Merges chained Choices and simplifies their rules until nothing changes.
pub(crate) fn flatten(graph: &mut Graph) {
    while let Some((at, kind, rounds)) = (0..graph.states.len()).find_map(|at| shorter(graph, at)) {
        graph.states[at].kind = kind;
        graph.states[at].rounds = graph.states[at].rounds.or(rounds);
    }
}

/// A shorter form of a Choice that can be reached, and the loop bound that it takes over.
fn shorter(graph: &Graph, at: usize) -> Option<(usize, Kind, Option<u32>)> {
    let Kind::Choice { rules, default } = &graph.states[at].kind else { return None };
    let counts = graph.predecessors();
    if counts[at] == 0 {
        return None;
    }
    if rules.last().is_some_and(|rule| rule.next == *default) && rules.len() > 1 {
        let rules = rules[..rules.len() - 1].to_vec();
        return Some((at, Kind::Choice { rules, default: default.clone() }, None));
    }
    if let Some(first) = rules.windows(2).position(|pair| pair[0].next == pair[1].next) {
        let mut rules = rules.clone();
        let second = rules.remove(first + 1);
        rules[first].test = Node::binary(Operator::Or, Rc::clone(&rules[first].test), second.test);
        return Some((at, Kind::Choice { rules, default: default.clone() }, None));
    }
    let only_here = |target: usize| target != at && counts[target] == 1;
    let target = default.target().filter(|target| default.assigns.is_empty() && only_here(*target));
    if let Some(target) = target
        && let Kind::Choice { rules: more, default } = &graph.states[target].kind
    {
        let rules = rules.iter().chain(more).cloned().collect();
        return Some((at, Kind::Choice { rules, default: default.clone() }, graph.states[target].rounds));
    }
    rules.iter().enumerate().find_map(|(nth, rule)| {
        let target = rule.next.target().filter(|target| rule.next.assigns.is_empty() && only_here(*target))?;
        let Kind::Choice { rules: inner, default: rest } = &graph.states[target].kind else { return None };
        let both = inner.iter().map(|inner| Rule {
            test: Node::binary(Operator::And, Rc::clone(&rule.test), Rc::clone(&inner.test)),
            next: inner.next.clone(),
        });
        let rest = Rule { test: Rc::clone(&rule.test), next: rest.clone() };
        let rules = rules[..nth].iter().cloned().chain(both).chain([rest]).chain(rules[nth + 1..].iter().cloned());
        let kind = Kind::Choice { rules: rules.collect(), default: default.clone() };
        Some((at, kind, graph.states[target].rounds))
    })
}
