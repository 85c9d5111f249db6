//! The loops of a graph, and how they lie in one another.

use std::collections::BTreeSet;

use picture::Graph;

/// A loop: a head, and the states on the ways from it back to it.
pub(crate) struct Loop {
    /// The only state at which the loop is entered.
    pub(crate) head: usize,
    /// Its states, the head and those of the loops inside it among them.
    pub(crate) body: BTreeSet<usize>,
}

/// How the loops of a graph nest.
pub(crate) struct Nesting {
    /// The states that can be reached: each after all states that lead to it, edges back to heads aside.
    pub(crate) order: Vec<usize>,
    /// The loops, inner ones before those around them. Any two lie in one another or apart.
    pub(crate) loops: Vec<Loop>,
}

impl Nesting {
    /// The loops of a graph. `Err` is a state at which a loop is entered that has another entry too: such a graph, which is
    /// called irreducible, has no heads at which rounds could be counted.
    ///
    /// Source: Hecht and Ullman, "Characterizations of reducible flow graphs", 1974.
    pub(crate) fn of(graph: &Graph) -> Result<Self, usize> {
        let order = order(graph);
        let position = |state: usize| order.iter().position(|other| *other == state);
        let mut heads = BTreeSet::new();
        for edge in &graph.edges {
            if let (Some(from), Some(to)) = (position(edge.from), position(edge.to))
                && to <= from
            {
                if edge.from != edge.to && reached_without(graph, edge.to).contains(&edge.from) {
                    return Err(edge.to);
                }
                heads.insert(edge.to);
            }
        }
        let mut loops: Vec<_> = heads
            .into_iter()
            .map(|head| Loop {
                head,
                body: body(graph, head, &order),
            })
            .collect();
        loops.sort_by_key(|one| one.body.len());
        Ok(Self { order, loops })
    }
}

/// The states in the reverse of the order in which a search in depth is done with them.
fn order(graph: &Graph) -> Vec<usize> {
    let (mut seen, mut done) = (BTreeSet::from([graph.start]), Vec::new());
    let mut path = vec![(graph.start, 0)];
    while let Some((state, tried)) = path.last_mut() {
        let (state, edge) = (*state, graph.leaving(*state).nth(*tried));
        *tried += 1;
        match edge {
            Some(edge) if seen.insert(edge.to) => path.push((edge.to, 0)),
            Some(_) => {}
            None => {
                done.push(state);
                path.pop();
            }
        }
    }
    done.reverse();
    done
}

/// The states that are reached from the start on ways that do not come by `without`.
fn reached_without(graph: &Graph, without: usize) -> BTreeSet<usize> {
    let (mut seen, mut open) = (BTreeSet::from([without]), vec![graph.start]);
    while let Some(state) = open.pop() {
        if seen.insert(state) {
            open.extend(graph.leaving(state).map(|edge| edge.to));
        }
    }
    seen.remove(&without);
    seen
}

/// The states from which a way leads back to `head` that does not come by it before.
fn body(graph: &Graph, head: usize, order: &[usize]) -> BTreeSet<usize> {
    let place = |state: usize| order.iter().position(|other| *other == state);
    let returns = |from: usize| place(from) >= place(head);
    let mut body = BTreeSet::from([head]);
    let back = graph.edges.iter().filter(|edge| edge.to == head);
    let mut open: Vec<_> = back.map(|edge| edge.from).filter(|from| returns(*from)).collect();
    while let Some(state) = open.pop() {
        if place(state).is_some() && body.insert(state) {
            let before = graph.edges.iter().filter(|edge| edge.to == state);
            open.extend(before.map(|edge| edge.from));
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The loops of a machine of choices, each with the states it leads to: by the names of head and body.
    fn loops(states: &[(&str, &[&str])]) -> Result<Vec<String>, String> {
        let states = states.iter().map(|(name, next)| {
            let rules = next
                .iter()
                .map(|next| format!(r#"{{"Condition": true, "Next": "{next}"}}"#));
            let rules = rules.collect::<Vec<_>>().join(", ");
            let state = if next.is_empty() {
                r#"{"Type": "Succeed"}"#.to_owned()
            } else {
                format!(r#"{{"Type": "Choice", "Choices": [{rules}]}}"#)
            };
            format!(r#""{name}": {state}"#)
        });
        let states = states.collect::<Vec<_>>().join(", ");
        let text = format!(r#"{{"QueryLanguage": "JSONata", "StartAt": "A", "States": {{{states}}}}}"#);
        let machine = asl::parse(&text).unwrap().machine;
        let graph = Graph::of(&machine.states).unwrap();
        let nesting = Nesting::of(&graph).map_err(|state| graph.names[state].to_owned())?;
        let told = nesting.loops.iter().map(|one| {
            let body: Vec<_> = one.body.iter().map(|state| graph.names[*state]).collect();
            format!("{}: {}", graph.names[one.head], body.join(""))
        });
        Ok(told.collect())
    }

    #[test]
    fn loops_lie_in_one_another_or_apart() {
        assert_eq!(loops(&[("A", &["B"]), ("B", &[])]), Ok(vec![]));
        assert_eq!(loops(&[("A", &["A", "B"]), ("B", &[])]), Ok(vec!["A: A".to_owned()]));
        // B and C within A to D, and E to F behind it, which no way leads back from.
        let nested: &[(&str, &[&str])] = &[
            ("A", &["B", "E"]),
            ("B", &["C", "D"]),
            ("C", &["B", "A"]),
            ("D", &["A"]),
            ("E", &["F", "G"]),
            ("F", &["E"]),
            ("G", &[]),
        ];
        let found = ["B: BC", "E: EF", "A: ABCD"].map(str::to_owned);
        assert_eq!(loops(nested), Ok(found.to_vec()));
    }

    #[test]
    fn a_loop_with_two_entries_has_no_head() {
        let crossed: &[(&str, &[&str])] = &[("A", &["B", "C"]), ("B", &["C"]), ("C", &["B", "D"]), ("D", &[])];
        assert!(matches!(loops(crossed).unwrap_err().as_str(), "B" | "C"));
    }
}
