//! How messages fared, counted from their items.

use axum::Json;
use axum::extract::State;
use contracts::Status;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use tables::{ListBy, ListQuery, MessageItem};

use crate::query::{Filters, Parameters, Query};
use crate::{Api, MayRead, PortError, Problem};

/// How many of the newest completed messages the processing time is taken from.
const SAMPLE: usize = 1_000;

/// The time that is looked at, by its name.
const WINDOWS: [(&str, i64); 3] = [("1h", 1), ("24h", 24), ("7d", 7 * 24)];

/// How far back to look.
#[derive(JsonSchema)]
pub(crate) struct Window {
    /// How far back to look.
    #[schemars(extend("enum" = ["1h", "24h", "7d"], "default" = "24h"))]
    window: Option<String>,
}

impl Filters for Window {
    const NAMES: &'static [&'static str] = &["window"];

    fn read(parameters: &Parameters) -> Result<Self, Problem> {
        let known = |name: &str| WINDOWS.iter().any(|(known, _)| *known == name).then(|| name.to_owned());
        let window = parameters.read("window", known, "must be 1h, 24h or 7d")?;
        Ok(Self { window })
    }
}

/// How the messages of a time fared. Messages are counted by when they were accepted.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Metrics {
    window: String,
    from: Timestamp,
    to: Timestamp,
    messages: Counts,
    /// Completed messages among those that completed or failed; `null` when there were none.
    #[schemars(range(min = 0.0, max = 1.0))]
    success_rate: Option<f64>,
    processing_time: ProcessingTime,
    /// Every dead letter there is, of whatever time.
    dead_letters: u64,
    breakers: Vec<BreakerState>,
}

/// Messages by how they stand.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
struct Counts {
    /// Wait for their `deliver_at`, or did when they were looked at last.
    scheduled: u64,
    processing: u64,
    completed: u64,
    failed: u64,
    cancelled: u64,
}

/// From when a message was to be delivered until it was recorded as completed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ProcessingTime {
    /// Milliseconds that half of them took at most; `null` when there were none.
    p50_ms: Option<u64>,
    /// Milliseconds that 95 of a hundred took at most.
    p95_ms: Option<u64>,
    /// How many were looked at: the newest of the time, at most 1,000.
    sample: usize,
}

/// How a circuit breaker stands.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct BreakerState {
    /// The base URL of the server.
    service_name: String,
    #[schemars(extend("enum" = ["CLOSED", "OPEN", "HALF_OPEN"]))]
    state: &'static str,
}

/// `GET /api/metrics`: numbers about everybody's messages, and nothing of what is in them; a few seconds old at most.
pub(crate) async fn read(
    State(api): State<Api>,
    _: MayRead,
    Query(asked): Query<Window>,
) -> Result<Json<Metrics>, Problem> {
    let window = asked.window.as_deref().unwrap_or("24h");
    let now = api.now();
    let metrics = &api.entrance.bounds.metrics;
    metrics.get(window, now, counted(&api, window, now)).await.map(Json)
}

async fn counted(api: &Api, window: &str, to: Timestamp) -> Result<Metrics, Problem> {
    let hours = WINDOWS
        .iter()
        .find(|(name, _)| *name == window)
        .map_or(24, |(_, hours)| *hours);
    let from = to
        .saturating_sub(SignedDuration::from_hours(hours))
        .unwrap_or(Timestamp::MIN);
    let messages = counts(api, from).await?;
    let breakers = api.breakers.list().await?.into_iter().map(|record| BreakerState {
        state: record.breaker.state(),
        service_name: record.service_name,
    });
    Ok(Metrics {
        success_rate: success_rate(&messages),
        processing_time: processing_time(api, from).await?,
        dead_letters: api.messages.count(Status::Failed, None).await?,
        breakers: breakers.collect(),
        messages,
        window: window.to_owned(),
        from,
        to,
    })
}

async fn counts(api: &Api, from: Timestamp) -> Result<Counts, PortError> {
    let count = |status| api.messages.count(status, Some(from));
    Ok(Counts {
        scheduled: count(Status::Scheduled).await?,
        processing: count(Status::Processing).await?,
        completed: count(Status::Completed).await?,
        failed: count(Status::Failed).await?,
        cancelled: count(Status::Cancelled).await?,
    })
}

#[allow(clippy::cast_precision_loss, reason = "a share of fewer than 2^52 messages")]
fn success_rate(counts: &Counts) -> Option<f64> {
    let ended = counts.completed + counts.failed;
    (ended > 0).then(|| counts.completed as f64 / ended as f64)
}

async fn processing_time(api: &Api, from: Timestamp) -> Result<ProcessingTime, Problem> {
    let query = ListQuery {
        since: Some(from),
        limit: SAMPLE,
        ..ListQuery::newest(ListBy::Status(Status::Completed))
    };
    let page = api.list(&query).await?.map_err(|_| crate::query::bad_cursor())?;
    let mut times: Vec<u64> = page.items.iter().filter_map(milliseconds).collect();
    times.sort_unstable();
    Ok(ProcessingTime {
        p50_ms: percentile(&times, 50),
        p95_ms: percentile(&times, 95),
        sample: times.len(),
    })
}

/// How long a message took; the time that it was told to wait is not counted.
fn milliseconds(item: &MessageItem) -> Option<u64> {
    let begun = item
        .message
        .deliver_at
        .map_or(item.created_at(), |at| at.max(item.created_at()));
    let took = item.finished_at?.as_millisecond() - begun.as_millisecond();
    Some(u64::try_from(took).unwrap_or_default())
}

/// The nearest-rank percentile of sorted values.
fn percentile(sorted: &[u64], percent: usize) -> Option<u64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn a_percentile_is_the_smallest_value_that_so_many_do_not_exceed() {
        let hundred: Vec<u64> = (1..=100).collect();
        for (sorted, percent, expected) in [
            (&[][..], 50, None),
            (&[7][..], 50, Some(7)),
            (&[7][..], 95, Some(7)),
            (&[1, 2][..], 50, Some(1)),
            (&[1, 2][..], 95, Some(2)),
            (&hundred[..], 50, Some(50)),
            (&hundred[..], 95, Some(95)),
        ] {
            assert_eq!(
                percentile(sorted, percent),
                expected,
                "p{percent} of {} values",
                sorted.len()
            );
        }
    }
}
