//! What `RedriveMessage` does.

use activity_runtime::{Failure, Handler, Infrastructure, Invocation, Kind, Subject};
use contracts::{RedriveError, RedriveMessage, RedriveRequest, Redriven};
use tables::NotRedrivable;

use crate::{PortError, Redrives};

/// The longest reason, in characters: the contract's bound of [`RedriveError::Refused`].
const REASON_CHARS: usize = 200;

/// Keeps the contract [`RedriveMessage`].
pub struct RedriveHandler(pub Redrives);

impl Handler for RedriveHandler {
    type Activity = RedriveMessage;

    fn subject(input: &RedriveRequest) -> Subject {
        Subject {
            message_id: Some(input.message_id.clone()),
            correlation_id: None,
        }
    }

    async fn handle(&self, input: RedriveRequest, _: &Invocation) -> Result<Redriven, Failure<RedriveError>> {
        let started = self
            .0
            .redrive(&input.message_id)
            .await
            .map_err(|error| failed(&error))?;
        let redriven = started.map_err(|not| Failure::Declared(declared(not)))?.redriven;
        self.0.drain([&redriven]).await;
        Ok(redriven)
    }
}

fn declared(not: NotRedrivable) -> RedriveError {
    match not {
        NotRedrivable::NotFound => RedriveError::NotFound,
        NotRedrivable::NotFailed(status) => RedriveError::Taken {
            status: status.as_str().to_owned(),
        },
    }
}

/// What may pass is repeated by the workflow; what does not is the end of this message alone.
fn failed(error: &PortError) -> Failure<RedriveError> {
    if error.retryable {
        return Infrastructure::new(Kind::Unavailable, error.to_string()).into();
    }
    Failure::Declared(RedriveError::Refused {
        reason: error.to_string().chars().take(REASON_CHARS).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_is_repeated_and_what_does_not_concerns_one_message_alone() {
        let error = |retryable| PortError {
            what: "GetItem",
            detail: "ä".repeat(300),
            retryable,
        };
        let Failure::Infrastructure(passing) = failed(&error(true)) else {
            panic!("it is declared");
        };
        assert_eq!(passing.kind, Kind::Unavailable);
        let Failure::Declared(RedriveError::Refused { reason }) = failed(&error(false)) else {
            panic!("it is not refused");
        };
        assert!(reason.starts_with("GetItem: ää"), "{reason}");
        assert_eq!(reason.chars().count(), REASON_CHARS, "the contract's bound holds");
    }
}
