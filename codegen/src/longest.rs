//! The longest way through a graph whose loops have bounds.

use std::collections::BTreeMap;

use picture::Graph;

use crate::loops::Nesting;

/// A graph with what each state weighs and how often each loop is gone round.
pub(crate) struct Longest<'a> {
    pub(crate) graph: &'a Graph<'a>,
    pub(crate) nesting: &'a Nesting,
    /// The most rounds of each loop, in the order of `nesting`. The head is entered once more than that: then the loop is
    /// left, straight from its head.
    pub(crate) rounds: Vec<u64>,
    pub(crate) weights: Vec<u64>,
}

/// The largest sum of the weights of any way from an entry, by the state that it ends with.
type Sums = BTreeMap<usize, u64>;

impl Longest<'_> {
    /// The largest sum of the weights of any way.
    pub(crate) fn sum(&self) -> u64 {
        let mut within = Vec::with_capacity(self.nesting.loops.len());
        for (at, one) in self.nesting.loops.iter().enumerate() {
            let once = self.once(&|state| one.body.contains(&state), &within);
            within.push(self.rounds_of(at, &once));
        }
        let all = self.once(&|_| true, &within);
        all.into_values().max().unwrap_or(0)
    }

    /// The ways out of a loop, from the ways through one of its rounds: all rounds and then the head, or all rounds but the
    /// last, and that one as far as the state from which it is left.
    fn rounds_of(&self, at: usize, once: &Sums) -> Sums {
        let (head, rounds) = (self.nesting.loops[at].head, self.rounds[at]);
        let back = self.graph.edges.iter().filter(|edge| edge.to == head);
        let round = back.filter_map(|edge| once.get(&edge.from)).copied().max().unwrap_or(0);
        let out = once.iter().map(|(state, sum)| {
            let before = if *state == head {
                rounds
            } else {
                rounds.saturating_sub(1)
            };
            (*state, round.saturating_mul(before).saturating_add(*sum))
        });
        out.collect()
    }

    /// The ways through some of the states that take no edge back to a head but those of the first loops, whose ways are
    /// known.
    fn once(&self, takes: &dyn Fn(usize) -> bool, within: &[Sums]) -> Sums {
        let mut sums = Sums::new();
        let (mut before, mut place) = (Sums::new(), BTreeMap::new());
        for (position, state) in self.nesting.order.iter().copied().enumerate() {
            place.insert(state, position);
            if !takes(state) {
                continue;
            }
            let arriving = self.graph.edges.iter().filter(|edge| edge.to == state);
            let forward = arriving.filter(|edge| place.get(&edge.from).is_some_and(|from| *from < position));
            let longest = forward.filter_map(|edge| sums.get(&edge.from)).copied().max();
            before.insert(state, longest.unwrap_or(0));
            // Loops come after those inside them, so the last one is the outermost.
            let outermost = within.iter().rposition(|ways| ways.contains_key(&state));
            let sum = match outermost {
                Some(at) => before[&self.nesting.loops[at].head].saturating_add(within[at][&state]),
                None => before[&state].saturating_add(self.weights[state]),
            };
            sums.insert(state, sum);
        }
        sums
    }
}
