//! The activities that this binary has inside, on local adapters.

use std::net::SocketAddr;
use std::sync::Arc;

use activity_runtime::{Invoke, Tally};
use aws_sdk_dynamodb::Client;
use jiff::Timestamp;
use journal::Journal;
use persist_message::PersistHandler;
use record_outcome::RecordHandler;
use tables::Messages;

use crate::Config;
use crate::clock::Clock;
use crate::events::{self, LocalEvents};
use crate::store::TableNames;

/// The handlers, by contract.
pub(crate) fn activities(
    config: &Config,
    journal: &Arc<Journal>,
    client: &Client,
    names: &TableNames,
    _api: SocketAddr,
) -> Vec<Arc<dyn Invoke>> {
    let messages = Arc::new(Messages::new(client.clone(), names.messages.clone()));
    let clock = Arc::new(ActivityClock(Arc::clone(&config.clock)));
    let metrics = Arc::<Tally>::default();
    let events = LocalEvents {
        journal: Arc::clone(journal),
        clock: Arc::clone(&config.clock),
        topic: events::topic(&config.stage),
    };
    let persist = PersistHandler {
        store: messages.clone(),
        clock: clock.clone(),
        stage: config.stage.clone(),
    };
    let record = RecordHandler {
        outcomes: messages,
        events: Arc::new(events),
        metrics,
        clock,
        stage: config.stage.clone(),
    };
    vec![Arc::new(persist), Arc::new(record)]
}

/// The server's clock, as activities ask for it.
#[derive(Clone, Debug)]
pub(crate) struct ActivityClock(pub(crate) Arc<dyn Clock>);

impl activity_runtime::Clock for ActivityClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}
