//! The visits of states as bars over time.

use super::View;
use crate::html::{Markup, badge, duration};
use crate::run::Visit;

/// The most bars of a page.
const MOST_BARS: usize = 400;
/// How wide the time from start to end is drawn.
const WIDTH: f64 = 1_000.0;

/// Bars, and the scale above them.
pub(super) struct Timeline {
    pub(super) bars: Vec<Bar>,
    /// How many visits are not shown.
    pub(super) left_out: usize,
    /// The times at which the scale has marks, from start to end.
    pub(super) scale: Vec<String>,
}

/// One visit.
pub(super) struct Bar {
    pub(super) state: String,
    pub(super) kind: String,
    /// How many states are around it.
    pub(super) depth: usize,
    pub(super) href: String,
    pub(super) badge: Markup,
    pub(super) class: &'static str,
    pub(super) took: String,
    pub(super) x: String,
    pub(super) width: String,
    /// Where attempts after the first began.
    pub(super) retries: Vec<String>,
    pub(super) current: bool,
}

pub(super) fn of(view: &View<'_>) -> Timeline {
    let looked_at = view
        .run
        .visits
        .iter()
        .enumerate()
        .filter(|(at, _)| view.run.is_in(view.scope, *at));
    let mut bars: Vec<Bar> = looked_at
        .take(MOST_BARS + 1)
        .map(|(_, visit)| bar(view, visit))
        .collect();
    let total = view.run.visits.len();
    let left_out = if bars.len() > MOST_BARS { total - MOST_BARS } else { 0 };
    bars.truncate(MOST_BARS);
    let whole = view.until.as_millisecond() - view.started_at.as_millisecond();
    let mark = |quarter: i64| {
        let at = jiff::Timestamp::from_millisecond(view.started_at.as_millisecond() + whole * quarter / 4);
        duration(view.started_at, at.unwrap_or(view.until))
    };
    Timeline {
        bars,
        left_out,
        scale: (0..=4).map(mark).collect(),
    }
}

fn bar(view: &View<'_>, visit: &Visit) -> Bar {
    let end = visit.left_at.unwrap_or(view.until);
    let (x, last) = (position(view, visit.entered_at), position(view, end));
    let retries = visit.attempts.iter().skip(1);
    Bar {
        state: visit.state.clone(),
        kind: visit.kind.clone(),
        depth: view.outline.part(&visit.state).map_or(0, |part| part.depth).min(6),
        href: view.look.state_href(&visit.state, Some(visit.id)),
        badge: badge(visit.outcome),
        class: visit.outcome.class(),
        took: duration(visit.entered_at, end),
        x: format!("{x:.1}"),
        // What took no time is seen nevertheless.
        width: format!("{:.1}", (last - x).max(4.0).min(WIDTH - x.min(WIDTH - 4.0))),
        retries: retries
            .map(|attempt| format!("{:.1}", position(view, attempt.at)))
            .collect(),
        current: view.look.visit == Some(visit.id),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of an execution fit the 53 bits of an f64"
)]
fn position(view: &View<'_>, at: jiff::Timestamp) -> f64 {
    let from_start = |at: jiff::Timestamp| (at.as_millisecond() - view.started_at.as_millisecond()) as f64;
    let whole = from_start(view.until).max(1.0);
    (from_start(at) / whole * WIDTH).clamp(0.0, WIDTH - 4.0)
}
