//! The course of an execution: as a graph, as a timeline, or as a list of states.

use picture::{Picture, draw};

use super::View;
use super::dress::GraphDress;
use super::look::Left;
use super::timeline::{self, Timeline};
use crate::html::{Markup, badge};
use crate::run::{Outcome, Standing};

/// What is left of the details.
pub(super) enum Pane {
    Graph(Markup),
    /// Why there is no graph, and the states instead.
    States(String, Vec<StateRow>),
    Timeline(Timeline),
}

/// A state in the list that stands for a graph too large to draw.
pub(super) struct StateRow {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) badge: Markup,
}

/// The course of the execution as it is asked for.
pub(super) fn left(view: &View<'_>, machine: &asl::StateMachine) -> Pane {
    if view.look.left == Left::Timeline {
        return Pane::Timeline(timeline::of(view));
    }
    let dress = GraphDress::new(view);
    match Picture::of(machine) {
        Ok(picture) => {
            let title = format!(
                "Execution {} of state machine {}",
                view.look.id.name, view.look.id.machine
            );
            Pane::Graph(Markup::made(draw(&picture, &title, &dress)))
        }
        Err(why) => Pane::States(why.to_string(), states(view)),
    }
}

/// Every state that was entered, where no graph is drawn.
fn states(view: &View<'_>) -> Vec<StateRow> {
    let standings = view.run.standings(view.scope);
    let entered = view
        .outline
        .names
        .iter()
        .filter_map(|name| Some((name, standings.get(name.as_str())?)));
    let row = |(name, standing): (&String, &Standing)| StateRow {
        name: name.clone(),
        href: view.look.state_href(name, None),
        badge: badge(standing.outcome),
    };
    entered.map(row).collect()
}

/// How many states stand how.
pub(super) fn counts(view: &View<'_>) -> Vec<(Markup, usize)> {
    let standings = view.run.standings(view.scope);
    let all = [
        Outcome::Running,
        Outcome::Retrying,
        Outcome::Failed,
        Outcome::TimedOut,
        Outcome::Aborted,
        Outcome::Caught,
        Outcome::Succeeded,
    ];
    let count = |outcome| {
        standings
            .values()
            .filter(|standing| standing.outcome == outcome)
            .count()
    };
    all.into_iter()
        .map(|outcome| (badge(outcome), count(outcome)))
        .filter(|(_, count)| *count > 0)
        .collect()
}
