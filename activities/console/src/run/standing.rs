//! How the states of a definition stand, for the graph: many visits become one sign.

use std::collections::{HashMap, HashSet};

use super::{Outcome, Place, Run, Visit};

/// How a state stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The outcome that matters most among the last visits of each iteration.
    pub outcome: Outcome,
    /// How often the state was entered.
    pub visits: usize,
    /// How often it was tried again, in all visits together.
    pub retries: usize,
    /// The position of the visit whose details are shown unless another one is asked for.
    pub visit: usize,
    /// Whether that visit belongs to the last visit of everything around it.
    present: bool,
}

/// What part of a run is looked at.
#[derive(Clone, Debug, Default)]
pub struct Scope(Vec<Place>);

impl Run {
    /// The whole run, or one iteration of one visit of a Map state, or one branch of a Parallel state, with the iterations
    /// that it stands in. The other branches beside it stay in sight.
    pub fn scope(&self, place: Option<Place>) -> Scope {
        let Some(place) = place.filter(|place| place.visit < self.visits.len()) else {
            return Scope::default();
        };
        let around = self
            .places(place.visit)
            .filter(|place| self.visits[place.visit].kind == "Map");
        Scope(std::iter::once(place).chain(around).collect())
    }

    /// Whether a visit is looked at: not in another iteration of the same state.
    pub fn is_in(&self, scope: &Scope, visit: usize) -> bool {
        scope.0.iter().all(|wanted| {
            let state = self.visits[wanted.visit].state.as_str();
            let elsewhere = |place: Place| self.visits[place.visit].state == state && place != *wanted;
            !(self.places(visit).any(elsewhere) || self.visits[visit].state == state && visit != wanted.visit)
        })
    }

    /// The visits of a state that are looked at, in their order.
    pub fn visits_of<'a>(&'a self, state: &'a str, scope: &'a Scope) -> impl Iterator<Item = (usize, &'a Visit)> {
        let visits = self.visits.iter().enumerate();
        visits.filter(move |(at, visit)| visit.state == state && self.is_in(scope, *at))
    }

    /// How every state stands that was entered: by its last visit, and by the gravest one where several iterations or
    /// branches have a last one each. What an earlier visit of the Map or Parallel state around it left behind is past.
    pub fn standings(&self, scope: &Scope) -> HashMap<&str, Standing> {
        let mut last = HashMap::<(Option<Place>, &str), usize>::new();
        for (at, visit) in self.looked_at(scope) {
            last.insert((visit.inside, &visit.state), at);
        }
        let mut present = vec![false; self.visits.len()];
        let mut standings = HashMap::<&str, Standing>::new();
        for (at, visit) in self.looked_at(scope) {
            let around = visit
                .inside
                .is_none_or(|place| present[place.visit] || scope.0.contains(&place));
            present[at] = around && last[&(visit.inside, visit.state.as_str())] == at;
            let standing = standings.entry(&visit.state).or_insert(Standing {
                outcome: visit.outcome,
                visits: 0,
                retries: 0,
                visit: at,
                present: false,
            });
            standing.visits += 1;
            standing.retries += visit.retries();
            let graver = !standing.present || visit.outcome >= standing.outcome;
            if present[at] && graver || !standing.present {
                (standing.outcome, standing.visit, standing.present) = (visit.outcome, at, present[at]);
            }
        }
        standings
    }

    /// The transitions that were taken, as names of states, and whether a catcher led there.
    pub fn transitions(&self, scope: &Scope) -> HashSet<(&str, &str, bool)> {
        let (mut last, mut taken) = (HashMap::<Option<Place>, &Visit>::new(), HashSet::new());
        for (_, visit) in self.looked_at(scope) {
            if let Some(before) = last.insert(visit.inside, visit) {
                taken.insert((
                    before.state.as_str(),
                    visit.state.as_str(),
                    before.outcome == Outcome::Caught,
                ));
            }
        }
        taken
    }

    fn looked_at<'a>(&'a self, scope: &Scope) -> impl Iterator<Item = (usize, &'a Visit)> {
        let visits = self.visits.iter().enumerate();
        visits.filter(|(at, visit)| !visit.superseded && self.is_in(scope, *at))
    }
}
