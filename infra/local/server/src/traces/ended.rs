//! Executions that have ended, on their way into traces.

use std::sync::Arc;

use console::run::{Event, Outline, Run};
use journal::ExecutionId;
use opentelemetry_sdk::trace::SpanData;
use tokio::sync::mpsc;

use super::{Place, Traces, spans};
use crate::host::Host;
use crate::wire;

/// How many ended executions may wait for their turn; more are left out.
const WAITING: usize = 1_024;
/// How many events are read of one, and how many at a time.
const MOST: u64 = 10_000;
const PAGE: u64 = 500;

/// Takes note of executions that have ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(super) queue: mpsc::Sender<ExecutionId>,
}

impl Ended {
    /// The queue, and its end.
    pub(crate) fn new() -> (Self, mpsc::Receiver<ExecutionId>) {
        let (queue, waiting) = mpsc::channel(WAITING);
        (Self { queue }, waiting)
    }

    /// Takes note of one. It never waits.
    pub(crate) fn note(&self, id: ExecutionId) {
        if self.queue.try_send(id).is_err() {
            tracing::debug!(
                execution = id.0,
                "is left out of the traces: too many have ended at once"
            );
        }
    }
}

/// Makes spans of executions, one after the other, until the server has stopped and all that waited have had their turn.
pub(crate) async fn run(traces: Traces, host: Arc<Host>, mut waiting: mpsc::Receiver<ExecutionId>) {
    let stopped = host.stopped();
    tokio::pin!(stopped);
    loop {
        let next = tokio::select! {
            biased;
            next = waiting.recv() => next,
            () = &mut stopped => waiting.try_recv().ok(),
        };
        let Some(id) = next else { return };
        match of(&host, id).await {
            Ok(spans) => spans.into_iter().for_each(|span| traces.take(span)),
            Err(why) => tracing::warn!(execution = id.0, why, "is left out of the traces"),
        }
    }
}

/// The spans of an execution; none if its trace is not exported.
async fn of(host: &Arc<Host>, id: ExecutionId) -> Result<Vec<SpanData>, String> {
    let found = host
        .journal
        .execution_by_id(id)
        .await
        .map_err(|error| error.to_string())?;
    let execution = found.ok_or("it has been deleted")?;
    let place = Place::of(&execution);
    if !place.sampled {
        return Ok(Vec::new());
    }
    let machine = host
        .journal
        .revision(execution.summary.state_machine, execution.revision)
        .await;
    let machine = machine
        .map_err(|error| error.to_string())?
        .ok_or("its definition is not there")?;
    let outline = Outline::of(&machine.revision.definition).map_err(|_| "its definition cannot be read")?;
    let (mut run, mut first) = (Run::default(), 1);
    while first <= MOST {
        let events = wire::events(host, &place.arn, first, PAGE, false).await;
        let events = events.map_err(|error| error.message().to_owned())?;
        for event in events.iter().filter_map(Event::read) {
            run.apply(&outline.1, &event);
        }
        let Some(last) = events.last().and_then(|event| event["id"].as_u64()) else {
            break;
        };
        first = last + 1;
    }
    Ok(spans::of(&place, &execution, &run))
}
