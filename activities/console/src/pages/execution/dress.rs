//! How states look in the graph of an execution.

use std::collections::{HashMap, HashSet};

use picture::{Arrow, Dress, Mark};

use super::View;
use crate::run::Standing;

/// Colours, signs and links for every state.
pub(super) struct GraphDress<'a> {
    view: &'a View<'a>,
    standings: HashMap<&'a str, Standing>,
    taken: HashSet<(&'a str, &'a str, bool)>,
}

impl<'a> GraphDress<'a> {
    pub(super) fn new(view: &'a View<'a>) -> Self {
        Self {
            view,
            standings: view.run.standings(view.scope),
            taken: view.run.transitions(view.scope),
        }
    }
}

fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

impl Dress for GraphDress<'_> {
    fn state(&self, name: &str) -> Mark {
        let standing = self.standings.get(name);
        let current = self.view.look.state.as_deref() == Some(name);
        let mut said = Vec::new();
        let mut sign = Vec::new();
        if let Some(standing) = standing {
            let visit = &self.view.run.visits[standing.visit];
            said.push(standing.outcome.words().to_owned());
            sign.push(standing.outcome.sign().to_owned());
            if standing.retries > 0 {
                said.push(counted(standing.retries, "retry", "retries"));
                sign.push(format!("↻{}", standing.retries));
            }
            if let Some(length) = visit.length {
                let done = visit
                    .iterations
                    .values()
                    .filter(|iteration| !iteration.outcome.is_open())
                    .count();
                said.push(format!("{done} of {length} iterations ended"));
                sign.push(format!("{done}/{length}"));
            } else if standing.visits > 1 {
                said.push(format!("entered {} times", standing.visits));
                sign.push(format!("×{}", standing.visits));
            }
        } else {
            said.push("not entered".to_owned());
        }
        Mark {
            class: standing.map_or("idle", |standing| standing.outcome.class()).to_owned(),
            href: Some(self.view.look.state_href(name, None)),
            description: Some(said.join(", ")),
            sign: (!sign.is_empty()).then(|| sign.join(" ")),
            current,
        }
    }

    /// The way that was taken is drawn stronger.
    fn arrow(&self, arrow: &Arrow) -> &'static str {
        let way = (arrow.from.as_str(), arrow.to.as_str(), arrow.caught);
        if self.taken.contains(&way) { "taken" } else { "" }
    }
}
