//! What the functions of a stage have logged, from CloudWatch Logs.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use web_api::Service;

use super::Wanted;
use crate::arguments::OnAws;
use crate::aws::{Deployment, FUNCTIONS, Refusal};
use crate::failure::Failure;
use crate::output;

/// How far back it is looked where nobody says so.
const BACK: SignedDuration = SignedDuration::from_hours(24);
/// How many answers of one function's log are read at most for one look. An answer may be empty and not the last.
const PAGES: usize = 100;
/// How often a log that is followed is looked at.
const LOOK: Duration = Duration::from_secs(5);
/// How long a line may take to be found after it was written.
const LATE: SignedDuration = SignedDuration::from_mins(1);

/// A line, by when it was logged and its id.
type Lines = BTreeMap<(i64, String), Value>;

/// Shows the lines that are asked for.
pub(super) async fn run(aws: &OnAws, wanted: &Wanted<'_>) -> Result<(), Failure> {
    let deployment = Deployment::open(aws).await?;
    let mut since = wanted.since.unwrap_or_else(|| before(Timestamp::now(), BACK));
    let mut shown = Lines::new();
    loop {
        let begun = Timestamp::now();
        let (found, cut) = look(&deployment, wanted, since).await?;
        for (key, line) in &found {
            if !shown.contains_key(key) {
                wanted.print(line)?;
            }
        }
        if cut {
            output::note(
                "there are more lines than are read at once: ask for less with --since, --correlation-id or --message",
            );
        }
        if !wanted.arguments.follow {
            if found.is_empty() {
                output::note("no such lines: without --since the last 24 hours are looked at");
            }
            return Ok(());
        }
        since = since.max(before(begun, LATE));
        shown = found;
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            interrupted = tokio::signal::ctrl_c() => return Ok(interrupted?),
        }
    }
}

fn before(time: Timestamp, duration: SignedDuration) -> Timestamp {
    time.checked_sub(duration).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The lines of all functions since a time, and whether there are more than were read.
async fn look(deployment: &Deployment, wanted: &Wanted<'_>, since: Timestamp) -> Result<(Lines, bool), Failure> {
    let of = FUNCTIONS.map(|function| of_function(deployment, wanted, function, since));
    let (mut lines, mut cut) = (Lines::new(), false);
    for (found, more) in try_join_all(of).await? {
        lines.extend(found);
        cut |= more;
    }
    Ok((lines, cut))
}

async fn of_function(
    deployment: &Deployment,
    wanted: &Wanted<'_>,
    function: &str,
    since: Timestamp,
) -> Result<(Lines, bool), Failure> {
    let mut input = json!({
        "logGroupName": deployment.names.log_group(function),
        "startTime": since.as_millisecond(),
    });
    if let Some(pattern) = pattern(wanted) {
        input["filterPattern"] = pattern.into();
    }
    let mut lines = Lines::new();
    for _ in 0..PAGES {
        let answer = deployment.signed.call(&Service::LOGS, "FilterLogEvents", &input).await;
        let answer = answer.map_err(|error| {
            Failure::failed(deployment.explained(&Refusal::of_signed("logs:FilterLogEvents", error)))
        })?;
        lines.extend(answer["events"].as_array().into_iter().flatten().filter_map(line));
        lines.retain(|_, line| wanted.includes(line));
        match &answer["nextToken"] {
            Value::String(token) => input["nextToken"] = token.as_str().into(),
            _ => return Ok((lines, false)),
        }
    }
    Ok((lines, true))
}

/// A line of ours; Lambda writes others beside them, as text.
fn line(event: &Value) -> Option<((i64, String), Value)> {
    let line: Value = serde_json::from_str(event["message"].as_str()?).ok()?;
    let key = (event["timestamp"].as_i64()?, event["eventId"].as_str()?.to_owned());
    line["level"].is_string().then_some((key, line))
}

/// What CloudWatch is to look for, so that it sends no other lines; what it has no certain spelling for is looked for here.
///
/// Source: CloudWatch Logs user guide, "Filter pattern syntax", "JSON log events".
fn pattern(wanted: &Wanted<'_>) -> Option<String> {
    let fields = [
        ("correlation_id", &wanted.arguments.correlation_id),
        ("message_id", &wanted.arguments.message),
    ];
    let plain = |value: &&String| {
        value
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || "-_.:/@#+=".contains(char))
    };
    let asked = fields.iter().filter_map(|(field, value)| {
        let value = value.as_ref().filter(plain)?;
        Some(format!("($.{field} = \"{value}\")"))
    });
    let asked: Vec<_> = asked.collect();
    (!asked.is_empty()).then(|| format!("{{ {} }}", asked.join(" && ")))
}

#[cfg(test)]
mod tests {
    use super::super::tests::arguments;
    use super::*;

    #[test]
    fn cloudwatch_looks_for_what_it_has_a_spelling_for() {
        let of = |correlation_id: Option<&str>, message: Option<&str>| {
            let mut arguments = arguments(correlation_id, "TRACE");
            arguments.message = message.map(str::to_owned);
            pattern(&Wanted::new(&arguments))
        };
        assert_eq!(of(None, None), None);
        assert_eq!(
            of(Some("c-1"), None).as_deref(),
            Some("{ ($.correlation_id = \"c-1\") }")
        );
        assert_eq!(
            of(Some("c-1"), Some("m")).as_deref(),
            Some("{ ($.correlation_id = \"c-1\") && ($.message_id = \"m\") }")
        );
        assert_eq!(of(Some("c\"* "), None), None);
    }

    #[test]
    fn lines_of_lambda_are_no_lines_of_ours() {
        let event = |message: &str| json!({ "message": message, "timestamp": 1, "eventId": "e" });
        assert!(line(&event("START RequestId: 1 Version: 2")).is_none());
        assert!(line(&event(r#"{"_aws":{"Timestamp":1},"MessagesProcessed":1}"#)).is_none());
        assert!(line(&event(r#"{"level":"INFO","message":"m"}"#)).is_some());
    }
}
