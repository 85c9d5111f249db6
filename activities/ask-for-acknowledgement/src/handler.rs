//! What `AskForAcknowledgement` does.

use std::sync::Arc;

use activity_runtime::{Clock, Failure, Handler, Infrastructure, Invocation, Subject};
use contracts::{AcknowledgementError, AcknowledgementRequest, AskForAcknowledgement, Asked};

use crate::Acknowledgements;

/// Keeps the contract [`AskForAcknowledgement`].
pub struct AskHandler {
    /// Where acknowledgements are kept.
    pub store: Arc<dyn Acknowledgements>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

impl Handler for AskHandler {
    type Activity = AskForAcknowledgement;

    fn subject(input: &AcknowledgementRequest) -> Subject {
        Subject {
            message_id: Some(input.message_id.clone()),
            correlation_id: None,
        }
    }

    async fn handle(
        &self,
        input: AcknowledgementRequest,
        _: &Invocation,
    ) -> Result<Asked, Failure<AcknowledgementError>> {
        let token = input.token.as_deref();
        let owner = input.owner.as_deref();
        let asked = self.store.ask(&input.message_id, owner, token, self.clock.now()).await;
        match asked.map_err(Infrastructure::from)? {
            None => Ok(Asked { open: token.is_some() }),
            Some(given) => Err(Failure::Declared(AcknowledgementError::Given {
                by: given.by,
                at: given.at,
            })),
        }
    }
}
