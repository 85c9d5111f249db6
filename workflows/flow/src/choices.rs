//! Choices that follow one another directly are one Choice, which costs one transition.
//!
//! What is assigned between them moves to the edges of the one Choice, and its tests read the values themselves.

use std::rc::Rc;

use expr::{Node, Operator};

use crate::{
    edges,
    graph::{Edge, Graph, Kind, Rule, To},
};

/// Merges chained Choices and simplifies their rules until nothing changes. All edges must be resolved.
pub(crate) fn flatten(graph: &mut Graph) {
    loop {
        let counts = graph.predecessors();
        let shorter = (0..graph.states.len()).find_map(|at| shorter(graph, at, &counts));
        let Some((at, kind, rounds)) = shorter else { return };
        graph.states[at].kind = kind;
        graph.states[at].rounds = graph.states[at].rounds.or(rounds);
    }
}

/// A shorter form of a Choice that can be reached, and the loop bound that it takes over.
fn shorter(graph: &Graph, at: usize, counts: &[usize]) -> Option<(usize, Kind, Option<u32>)> {
    let Kind::Choice { rules, default } = &graph.states[at].kind else {
        return None;
    };
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
    /// This edge, where `earlier` comes before it. Both are resolved, and so is the one that they become: each reads the
    /// values from before it, so what stands here reads `earlier`'s values in place of its variables.
    fn after(&self, earlier: &Self) -> Self {
        let seen = |(name, value): &(String, Rc<Node>)| (name.clone(), edges::seen_after(value, earlier));
        let lasts = |(name, _): &&(String, Rc<Node>)| self.assigns.iter().all(|(later, _)| later != name);
        Self {
            assigns: earlier
                .assigns
                .iter()
                .filter(lasts)
                .cloned()
                .chain(self.assigns.iter().map(seen))
                .collect(),
            to: match &self.to {
                To::End(output) => To::End(edges::seen_after(output, earlier)),
                To::State(state) => To::State(*state),
            },
            output: None,
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

#[cfg(test)]
mod tests {
    use expr::{Source, Written};
    use serde_json::json;

    use super::*;

    fn read(name: &str) -> Rc<Node> {
        Rc::new(Node::Source(Source::Variable {
            name: name.to_owned(),
            written: Written::Deep,
        }))
    }

    fn edge(assigns: &[(&str, Rc<Node>)], to: To) -> Edge {
        let assigns = assigns
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Rc::clone(value)));
        Edge {
            assigns: assigns.collect(),
            to,
            output: None,
        }
    }

    #[test]
    fn joined_edges_still_assign_at_once() {
        let one = Rc::new(Node::Literal(json!(1)));
        let earlier = edge(&[("a", Rc::clone(&one)), ("b", read("c"))], To::State(1));
        // `a` and `d` change places: neither may see what the other has become.
        let later = edge(&[("d", read("a")), ("a", read("d"))], To::End(read("b")));
        let joined = edge(&[("b", read("c")), ("d", one), ("a", read("d"))], To::End(read("c")));
        assert_eq!(later.after(&earlier), joined);
    }
}
