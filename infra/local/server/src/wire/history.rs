//! `GetExecutionHistory`.

use std::sync::Arc;

use journal::ExecutionId;
use serde_json::{Value, json};

use super::error::ApiError;
use super::executions::found;
use super::operations::Answer;
use super::page::{Page, add_token};
use super::parameters::Parameters;
use crate::host::Host;

/// The longest `nextToken`. Source: API reference, `GetExecutionHistory`.
const TOKEN_CHARS: usize = 1_024;

/// `GetExecutionHistory`: a page of events, oldest or newest first.
pub(super) async fn get(host: Arc<Host>, mut parameters: Parameters) -> Answer {
    let arn = parameters.arn("executionArn");
    let reverse = parameters.flag("reverseOrder").unwrap_or(false);
    let with_data = parameters.flag("includeExecutionData").unwrap_or(true);
    let page = Page::read(&mut parameters, TOKEN_CHARS);
    parameters.check()?;
    let found = found(&host, &arn).await?;
    let listing = format!("history {arn} {reverse}");
    let next = page
        .number(&listing)?
        .map(|next| u64::try_from(next).unwrap_or_default());
    let length = host.journal.history_length(found.summary.id).await?;
    let Range { first, last, following } = range(length, page.limit as u64, next, reverse);
    let mut events = read(&host, found.summary.id, first, last).await?;
    if reverse {
        events.reverse();
    }
    if !with_data {
        events.iter_mut().for_each(leave_out_data);
    }
    let mut answer = json!({ "events": events });
    if let Some(following) = following {
        add_token(&mut answer, &listing, following);
    }
    Ok(answer)
}

/// Part of a history by the ids of its events, `first` and at most `limit - 1` more, for callers in this process.
pub(crate) async fn events(host: &Host, arn: &str, first: u64, limit: u64, data: bool) -> Result<Vec<Value>, ApiError> {
    let found = found(host, arn).await?;
    // Who asks again and again for what comes next has no chunk read in vain.
    if first > host.journal.history_length(found.summary.id).await? {
        return Ok(Vec::new());
    }
    let last = first.saturating_add(limit.saturating_sub(1));
    let mut events = read(host, found.summary.id, first, last).await?;
    if !data {
        events.iter_mut().for_each(leave_out_data);
    }
    Ok(events)
}

/// The ids of a page, both included, and the id with which the next page begins.
#[derive(Debug, PartialEq, Eq)]
struct Range {
    first: u64,
    last: u64,
    following: Option<u64>,
}

fn range(length: u64, limit: u64, next: Option<u64>, reverse: bool) -> Range {
    if reverse {
        let last = next.unwrap_or(length).min(length);
        let first = last.saturating_sub(limit).saturating_add(1);
        return Range {
            first,
            last,
            following: (first > 1).then(|| first - 1),
        };
    }
    let first = next.unwrap_or(1).max(1);
    let last = first.saturating_add(limit - 1).min(length);
    Range {
        first,
        last,
        following: (last < length).then_some(last + 1),
    }
}

async fn read(host: &Host, execution: ExecutionId, first: u64, last: u64) -> Result<Vec<Value>, ApiError> {
    let mut events = Vec::new();
    for chunk in host.journal.history(execution, first, last).await? {
        let unpacked = engine::unpack(&chunk.events, chunk.first).map_err(|error| {
            ApiError::from(crate::host::HostError::Load {
                execution: execution.0,
                detail: error.to_string(),
            })
        })?;
        let asked_for = unpacked.iter().filter(|event| (first..=last).contains(&event.id));
        events.extend(asked_for.map(engine::HistoryEvent::to_wire));
    }
    Ok(events)
}

/// `includeExecutionData: false`: what went in and out of states and tasks is left out.
fn leave_out_data(event: &mut Value) {
    let details = event
        .as_object_mut()
        .into_iter()
        .flat_map(|event| event.values_mut())
        .filter_map(Value::as_object_mut);
    for details in details {
        for name in [
            "input",
            "inputDetails",
            "output",
            "outputDetails",
            "parameters",
            "assignedVariables",
            "assignedVariablesDetails",
        ] {
            details.shift_remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Range, leave_out_data, range};

    /// Every event is on one page, whatever the size of a page.
    #[test]
    fn pages_cover_the_history() {
        for reverse in [false, true] {
            for (length, limit) in [(0, 10), (1, 1), (5, 2), (6, 3), (100, 100), (101, 100)] {
                let (mut seen, mut next) = (Vec::new(), None);
                loop {
                    let Range { first, last, following } = range(length, limit, next, reverse);
                    let page: Vec<u64> = if reverse {
                        (first..=last).rev().collect()
                    } else {
                        (first..=last).collect()
                    };
                    seen.extend(page);
                    next = following;
                    if next.is_none() {
                        break;
                    }
                }
                let all: Vec<u64> = if reverse {
                    (1..=length).rev().collect()
                } else {
                    (1..=length).collect()
                };
                assert_eq!(seen, all, "length {length}, limit {limit}, reverse {reverse}");
            }
        }
    }

    #[test]
    fn names_and_errors_stay_when_data_is_left_out() {
        let mut event = json!({"id": 1, "stateEnteredEventDetails": {"name": "A", "input": "{}", "inputDetails": {}}});
        leave_out_data(&mut event);
        assert_eq!(event, json!({"id": 1, "stateEnteredEventDetails": {"name": "A"}}));
    }
}
