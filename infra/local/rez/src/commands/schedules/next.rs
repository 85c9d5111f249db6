//! `rez schedules next`.

use jiff::Timestamp;
use schedule::{Expression, Schedule, Zone};
use serde_json::json;

use crate::arguments::NextArgs;
use crate::failure::Failure;
use crate::output;

/// Says when an expression fires.
pub(crate) fn run(arguments: &NextArgs, json: bool) -> Result<(), Failure> {
    mark(&arguments.expression);
    let expression = Expression::parse(&arguments.expression).map_err(|error| Failure::refused(error.to_string()))?;
    let zone = Zone::named(&arguments.timezone).map_err(|error| Failure::refused(format!("--timezone {error}")))?;
    let from = arguments.from.unwrap_or_else(Timestamp::now);
    let schedule = Schedule {
        expression,
        zone: zone.clone(),
        start: None,
        end: None,
        created_at: from,
    };
    let times: Vec<Timestamp> = schedule.upcoming(from).take(arguments.count).collect();
    output::note_if_none(&times, format_args!("it does not fire after {}", zone.show(from)));
    times.iter().try_for_each(|time| {
        if json {
            output::line(json!({ "time": time }))
        } else {
            output::line(zone.show(*time))
        }
    })
}

/// Shows where an expression is wrong, if it is, beside the line that says what.
pub(super) fn mark(expression: &str) {
    if let Err(error) = Expression::parse(expression) {
        let shown = format!("{error:#}");
        shown.lines().skip(1).for_each(output::note);
    }
}
