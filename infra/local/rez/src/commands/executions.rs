//! `rez executions`.

use jiff::Timestamp;
use serde_json::Value;

use crate::arguments::ExecutionsArgs;
use crate::failure::Failure;
use crate::output::{self, word};
use crate::session::Session;

/// Lists executions of every state machine, deleted ones too, the newest first.
pub(crate) async fn run(session: &Session, arguments: &ExecutionsArgs) -> Result<(), Failure> {
    let status = arguments.status.as_ref().map(|status| status.to_ascii_uppercase());
    let executions = session.client.executions(status.as_deref(), arguments.limit).await?;
    if arguments.json {
        return output::json_lines(&executions);
    }
    output::note_if_none(&executions, "no such executions");
    for execution in &executions {
        let status = word(execution, "/status");
        let padding = " ".repeat(9_usize.saturating_sub(status.len()));
        let machine = word(execution, "/stateMachineArn")
            .rsplit(':')
            .next()
            .unwrap_or_default();
        let (name, at) = (word(execution, "/name"), time(started(execution)));
        output::line(format_args!(
            "{name:<40}  {}{padding}  {at:<24}  {machine}",
            output::status(status)
        ))?;
    }
    Ok(())
}

fn started(execution: &Value) -> f64 {
    execution["startDate"].as_f64().unwrap_or_default()
}

/// Seconds since 1970, as the wire has them, as a time with milliseconds.
pub(crate) fn time(seconds: f64) -> String {
    #[allow(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
    let milliseconds = (seconds * 1_000.0).round() as i64;
    Timestamp::from_millisecond(milliseconds)
        .map(|at| format!("{at:.3}"))
        .unwrap_or_default()
}
