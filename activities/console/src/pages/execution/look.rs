//! What of an execution is looked at: the page's query, read leniently and written back into every link.

use std::collections::HashMap;

use crate::html::encoded;
use crate::pages::execution_address;
use crate::state_machines::ExecutionId;

/// What stands at the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    Graph,
    /// The whole graph, made smaller.
    Whole,
    Timeline,
}

const LEFT: [(&str, Left); 2] = [("whole", Left::Whole), ("timeline", Left::Timeline)];
const SIDE: [(&str, Side); 2] = [("definition", Side::Definition), ("data", Side::Data)];

/// The value that a word of the query stands for; the default has no word.
fn of_word<T: Copy>(table: &[(&str, T)], word: Option<&str>, default: T) -> T {
    table
        .iter()
        .find(|(known, _)| word == Some(known))
        .map_or(default, |(_, value)| *value)
}

fn word_of<T: Copy + PartialEq>(table: &[(&str, T)], value: T) -> Option<String> {
    table
        .iter()
        .find(|(_, known)| *known == value)
        .map(|(word, _)| (*word).to_owned())
}

/// What stands at the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    State,
    Definition,
    Data,
}

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) id: ExecutionId,
    /// The state whose details are shown.
    pub(super) state: Option<String>,
    /// Which of its visits, by the event of its entry.
    pub(super) visit: Option<u64>,
    /// The iteration or branch: the event of the entry of its Map or Parallel state, and its index.
    pub(super) inside: Option<(u64, u32)>,
    pub(super) left: Left,
    pub(super) side: Side,
    /// What events are searched for.
    pub(super) find: String,
    /// Whether only the events of the visit that is looked at are listed.
    pub(super) only: bool,
    /// The page of events, from 1.
    pub(super) page: usize,
    /// The event that is shown whole.
    pub(super) event: Option<u64>,
    /// The last event that the reader has seen.
    pub(super) since: Option<u64>,
}

impl Look {
    pub(super) fn read(id: &ExecutionId, query: &HashMap<String, String>) -> Self {
        let text = |name: &str| query.get(name).map(String::as_str).filter(|text| !text.is_empty());
        let number = |name: &str| text(name)?.parse::<u64>().ok();
        let inside = text("in").and_then(|place| {
            let (visit, index) = place.split_once('.')?;
            Some((visit.parse().ok()?, index.parse().ok()?))
        });
        Self {
            id: id.clone(),
            state: text("state").map(str::to_owned),
            visit: number("visit"),
            inside,
            left: of_word(&LEFT, text("left"), Left::Graph),
            side: of_word(&SIDE, text("side"), Side::State),
            find: text("find").unwrap_or_default().to_owned(),
            only: text("only").is_some(),
            page: number("page").and_then(|page| page.try_into().ok()).unwrap_or(1).max(1),
            event: number("event"),
            since: number("since"),
        }
    }

    /// The address of the same look with something changed.
    pub(super) fn href(&self, change: impl FnOnce(&mut Self)) -> String {
        let mut look = self.clone();
        change(&mut look);
        let query: Vec<String> = look
            .query()
            .into_iter()
            .map(|(name, value)| format!("{name}={}", encoded(&value)))
            .collect();
        let address = execution_address(&look.id);
        if query.is_empty() {
            address
        } else {
            format!("{address}?{}", query.join("&"))
        }
    }

    /// The address at which a state's details are shown, those of this visit if one is given.
    pub(super) fn state_href(&self, state: &str, visit: Option<u64>) -> String {
        self.href(|look| {
            (look.state, look.visit, look.side) = (Some(state.to_owned()), visit, Side::State);
            (look.page, look.event) = (1, None);
        })
    }

    /// The parameters that differ from their defaults.
    pub(super) fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = Vec::new();
        let mut set = |name, value: Option<String>| query.extend(value.map(|value| (name, value)));
        set("state", self.state.clone());
        set("visit", self.visit.map(|visit| visit.to_string()));
        set("in", self.inside.map(|(visit, index)| format!("{visit}.{index}")));
        set("left", word_of(&LEFT, self.left));
        set("side", word_of(&SIDE, self.side));
        set("find", (!self.find.is_empty()).then(|| self.find.clone()));
        set("only", self.only.then(|| "1".to_owned()));
        set("page", (self.page > 1).then(|| self.page.to_string()));
        set("event", self.event.map(|event| event.to_string()));
        query
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{Left, Look, Side};
    use crate::state_machines::ExecutionId;

    fn look(query: &[(&str, &str)]) -> Look {
        let id = ExecutionId::read("m:e").unwrap();
        let query: HashMap<_, _> = query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Look::read(&id, &query)
    }

    #[test]
    fn a_link_keeps_what_is_looked_at() {
        let look = look(&[
            ("state", "A b"),
            ("visit", "7"),
            ("in", "3.2"),
            ("left", "timeline"),
            ("find", "x&y"),
            ("since", "9"),
        ]);
        assert_eq!(
            (look.left, look.side, look.inside),
            (Left::Timeline, Side::State, Some((3, 2)))
        );
        assert_eq!(
            look.href(|look| look.page = 2),
            "/console/executions/m:e?state=A%20b&visit=7&in=3.2&left=timeline&find=x%26y&page=2"
        );
        assert_eq!(
            look.state_href("C", None),
            "/console/executions/m:e?state=C&in=3.2&left=timeline&find=x%26y"
        );
    }

    #[test]
    fn nonsense_is_no_error() {
        let look = look(&[
            ("visit", "x"),
            ("in", "1"),
            ("page", "0"),
            ("side", "?"),
            ("event", "-1"),
        ]);
        assert_eq!(look.href(|_| {}), "/console/executions/m:e");
    }
}
