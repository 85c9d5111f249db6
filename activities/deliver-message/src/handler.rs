//! What `DeliverMessage` does.

use std::sync::Arc;

use activity_runtime::{
    AcknowledgementLinks, Clock, Failure, Handler, Infrastructure, Invocation, Measurement, Metric, Metrics,
    ParameterError, Parameters, Subject,
};
use contracts::{DeliverError, DeliverMessage, Delivery, Receipt};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::answer::Accepted;
use crate::guard::Guard;
use crate::{Destination, Notification, Ntfy, Settings};

/// Keeps the contract [`DeliverMessage`].
pub struct DeliverHandler {
    /// Topic, sizes and the names of the parameters.
    pub settings: Settings,
    /// Where ntfy's URL and access token are.
    pub parameters: Arc<dyn Parameters>,
    /// The circuit breaker.
    pub guard: Guard,
    /// Speaks to ntfy.
    pub ntfy: Ntfy,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Where attempts are counted.
    pub metrics: Arc<dyn Metrics>,
}

/// ntfy's URL and access token, as the parameters have them.
struct Configured {
    url: SecretString,
    token: Option<SecretString>,
}

impl Handler for DeliverHandler {
    type Activity = DeliverMessage;

    fn subject(input: &Delivery) -> Subject {
        Subject {
            message_id: Some(input.message_id.clone()),
            correlation_id: input.correlation_id.clone(),
        }
    }

    async fn handle(&self, delivery: Delivery, invocation: &Invocation) -> Result<Receipt, Failure<DeliverError>> {
        let link = self.acknowledgement_link(&delivery).await?;
        let (topic, bytes) = (&self.settings.topic, self.settings.message_bytes);
        let notification = Notification::new(&delivery, topic, bytes, link.as_deref()).map_err(Failure::Declared)?;
        let look = may_have_been_sent(&delivery, invocation).then_some(delivery.since);
        let configured = self.configured().await?;
        let mut ended = self.deliver(&configured, &notification, look).await;
        if matches!(ended, Err(DeliverError::Misconfigured { .. }))
            && let Some(changed) = self.changed(&configured).await
        {
            ended = self.deliver(&changed, &notification, look).await;
        }
        ended.map_err(Failure::Declared)
    }
}

impl DeliverHandler {
    /// One delivery under the breaker's eyes.
    async fn deliver(
        &self,
        configured: &Configured,
        notification: &Notification,
        look: Option<Timestamp>,
    ) -> Result<Receipt, DeliverError> {
        let destination = Destination::new(&configured.url, configured.token.as_ref())?;
        let service = destination.service_name();
        let ticket = self.guard.ask(&service, look.is_some()).await?;
        let mut ended = self.find_or_publish(&destination, notification, look).await;
        if let Err(DeliverError::RateLimited { may_be_sent, .. }) = &mut ended {
            *may_be_sent = look.is_some();
        }
        self.guard.report(&service, ticket, &ended).await;
        let outcome = if ended.is_ok() { "sent" } else { "failed" };
        self.metrics
            .record(&Measurement::count(Metric::NotificationsSent, outcome));
        ended
    }

    async fn find_or_publish(
        &self,
        destination: &Destination,
        notification: &Notification,
        look: Option<Timestamp>,
    ) -> Result<Receipt, DeliverError> {
        if let Some(since) = look
            && let Some(accepted) = self
                .ntfy
                .find(destination, notification, since, self.clock.now())
                .await?
        {
            return Ok(self.receipt(accepted, notification, true));
        }
        let accepted = self.ntfy.publish(destination, notification, self.clock.now()).await?;
        Ok(self.receipt(accepted, notification, false))
    }

    fn receipt(&self, accepted: Accepted, notification: &Notification, found: bool) -> Receipt {
        // A server before 2.16 does not know the id: its clients cannot collapse a repeated message.
        let sequence_echoed = accepted.sequence_id.is_some();
        let truncated = notification.truncated;
        tracing::info!(
            ntfy_id = accepted.id,
            topic = accepted.topic,
            found,
            truncated,
            sequence_echoed,
            "ntfy has it"
        );
        Receipt {
            ntfy_id: accepted.id,
            topic: accepted.topic,
            delivered_at: Timestamp::from_second(accepted.time).unwrap_or_else(|_| self.clock.now()),
            truncated,
            found,
        }
    }

    /// The link by which the message is acknowledged, the same at each attempt; `None` if nobody waits for that, or there is no
    /// address or key for it.
    async fn acknowledgement_link(&self, delivery: &Delivery) -> Result<Option<String>, Infrastructure> {
        let Some((id, url)) = delivery.acknowledge.as_deref().zip(self.settings.public_url.as_deref()) else {
            return Ok(None);
        };
        let key = optional(self.parameters.get(&self.settings.acknowledgement_key_parameter).await)?;
        let links = key.as_ref().map(AcknowledgementLinks::new).transpose();
        let links = links.unwrap_or_else(|error| {
            // The message counts for more than its button.
            tracing::error!(%error, "the notification has no button to acknowledge it");
            None
        });
        Ok(links.map(|links| links.make(url, id, delivery.since)))
    }

    async fn configured(&self) -> Result<Configured, Infrastructure> {
        let url = self.parameters.get(&self.settings.url_parameter).await?;
        let token = match &self.settings.token_parameter {
            Some(name) => optional(self.parameters.get(name).await)?,
            None => None,
        };
        Ok(Configured { url, token })
    }

    /// The parameters as they are now, if they are others than those that were wrong: somebody has changed the token,
    /// and this message need not fail for it. With the same ones nothing is sent again.
    async fn changed(&self, wrong: &Configured) -> Option<Configured> {
        let url = self.parameters.refresh(&self.settings.url_parameter).await.ok()?;
        let token = match &self.settings.token_parameter {
            Some(name) => optional(self.parameters.refresh(name).await).ok()?,
            None => None,
        };
        let read = Configured { url, token };
        (!read.same_as(wrong)).then_some(read)
    }
}

impl Configured {
    fn same_as(&self, other: &Self) -> bool {
        let token = |configured: &Self| configured.token.as_ref().map(|token| token.expose_secret().to_owned());
        self.url.expose_secret() == other.url.expose_secret() && token(self) == token(other)
    }
}

/// A server without sign-in needs no token.
fn optional(read: Result<SecretString, ParameterError>) -> Result<Option<SecretString>, ParameterError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(ParameterError::Missing(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether any earlier attempt may have reached ntfy: a retry, a round after one that was sent, a redrive, or a task that its
/// host repeats after a crash. A retried Lambda does not know that it is one, so the input says it. A round that met only
/// the breaker, or that ntfy told to wait, leaves nothing to look for.
fn may_have_been_sent(delivery: &Delivery, invocation: &Invocation) -> bool {
    let earlier_round = delivery.may_be_sent.unwrap_or(delivery.round > 0);
    delivery.attempt > 0 || earlier_round || delivery.redrive > 0 || invocation.repeated
}

#[cfg(test)]
mod tests;
