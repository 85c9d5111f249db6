//! What has changed a moment ago in this process's host.

use std::time::Duration;

use api::{Changed, ChangedExecution, Changes, PortError};
use async_trait::async_trait;
use contracts::{Message, message_id};
use journal::{Execution, ExecutionId};

use crate::host::{Host, HostError, Place};
use crate::ports::{LateHost, failed};
use crate::wire::status_name;
use crate::{addresses, process_message};

/// Changes as the host tells them.
pub(crate) struct LocalChanges(pub(crate) LateHost);

#[async_trait]
impl Changes for LocalChanges {
    async fn since(&self, place: Option<&str>, wait: Duration) -> Result<Changed, PortError> {
        let host = self.0.get("GetChanges")?;
        // A text that no feed gave out is a place that no feed has.
        let nowhere = Place { part: -1, number: 0 };
        let place = place.map(|text| read(text).unwrap_or(nowhere));
        let since = host.changes(place, wait).await;
        if host.is_draining() {
            return Err(failed("GetChanges", &HostError::Stopping));
        }
        let mut executions = Vec::with_capacity(since.executions.len());
        for id in since.executions {
            let found = described(&host, id).await;
            executions.extend(found.map_err(|error| failed("DescribeExecution", &error))?);
        }
        Ok(Changed {
            executions,
            next: written(since.next),
            gap: since.gap,
        })
    }
}

/// An execution as it stands; `None` if it has been deleted meanwhile.
async fn described(host: &Host, id: ExecutionId) -> Result<Option<ChangedExecution>, HostError> {
    Ok(host.journal.execution_by_id(id).await?.map(changed))
}

fn changed(execution: Execution) -> ChangedExecution {
    let summary = execution.summary;
    let is_ours = summary.state_machine_name == process_message::NAME;
    let message = is_ours
        .then(|| serde_json::from_str::<Message>(&execution.input).ok())
        .flatten();
    ChangedExecution {
        arn: addresses::execution_arn(&summary.state_machine_name, &summary.name),
        message_id: message.map(|message| message_id(&message, &summary.name)),
        name: summary.name,
        state_machine: summary.state_machine_name,
        status: status_name(summary.status).to_owned(),
        started_at: summary.started_at,
        stopped_at: summary.stopped_at,
    }
}

fn written(place: Place) -> String {
    format!("{:x}.{:x}", place.part, place.number)
}

fn read(text: &str) -> Option<Place> {
    let (part, number) = text.split_once('.')?;
    Some(Place {
        part: i64::from_str_radix(part, 16).ok()?,
        number: u64::from_str_radix(number, 16).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::{Place, read, written};

    #[test]
    fn a_place_is_read_as_it_is_written_and_anything_else_is_none() {
        let place = Place {
            part: 1_796_000_000_000,
            number: 17,
        };
        assert_eq!(read(&written(place)), Some(place));
        for other in ["", ".", "1", "1.", ".1", "1.x", "1.2.3", "-"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
