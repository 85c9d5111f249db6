//! The activities that this binary has inside, on local adapters.

use std::net::SocketAddr;
use std::sync::Arc;

use activity_runtime::{FixedParameters, Metrics};
use ask_for_acknowledgement::AskHandler;
use authorizer::Pass;
use deliver_message::{DeliverHandler, Guard, Ntfy, Settings, Timeouts};
use jiff::Timestamp;
use journal::Journal;
use list_dead_letters::ListHandler;
use persist_message::PersistHandler;
use record_outcome::RecordHandler;
use redrive_message::{RedriveHandler, Redrives};
use secrecy::SecretString;

use crate::binaries::Values;
use crate::clock::Clock;
use crate::events::LocalEvents;
use crate::host::Line;
use crate::meters::Meters;
use crate::ports::{LateHost, LocalDeadLetters, LocalExecutions};
use crate::runners::Linked;
use crate::store::Stores;
use crate::{Config, StartError, addresses};

/// What of this process the activities work with.
pub(crate) struct Local<'a> {
    pub(crate) journal: &'a Arc<Journal>,
    pub(crate) stores: &'a Stores,
    /// The host that will call them.
    pub(crate) host: &'a LateHost,
    pub(crate) meters: &'a Arc<Meters>,
    /// What makes the links by which messages are acknowledged.
    pub(crate) acknowledgement_key: &'a SecretString,
    /// What deliveries to the built-in inbox sign in with.
    pub(crate) inbox_pass: &'a Pass,
}

/// The handlers, one for each activity of the workflows, each with the line that its calls wait in. `api` is where the
/// built-in inbox listens.
pub(crate) fn activities(config: &Config, local: &Local<'_>, api: SocketAddr) -> Result<Linked, StartError> {
    let Local {
        acknowledgement_key,
        inbox_pass,
        journal,
        stores,
        host,
        meters,
    } = *local;
    let clock = Arc::new(ActivityClock(Arc::clone(&config.clock)));
    let metrics = Arc::clone(meters);
    let events = LocalEvents {
        journal: Arc::clone(journal),
        clock: Arc::clone(&config.clock),
        topic: addresses::events_topic(&config.stage),
    };
    let persist = PersistHandler {
        store: stores.messages.clone(),
        clock: clock.clone(),
        stage: config.stage.clone(),
    };
    let record = RecordHandler {
        outcomes: stores.messages.clone(),
        events: Arc::new(events),
        metrics: metrics.clone(),
        clock: clock.clone(),
        stage: config.stage.clone(),
    };
    let list = ListHandler {
        messages: stores.messages.clone(),
    };
    let redrive = RedriveHandler(Redrives {
        executions: Arc::new(LocalExecutions(host.clone())),
        messages: stores.messages.clone(),
        dead_letters: Arc::new(LocalDeadLetters::new(host.clone(), &config.stage)),
        clock: clock.clone(),
    });
    let ask = AskHandler {
        store: stores.messages.clone(),
        clock: clock.clone(),
    };
    let (url, token) = target(config, inbox_pass, api);
    let parameters = |settings: &Settings| parameters(settings, acknowledgement_key, url, token);
    let deliver = deliver(config, stores, parameters, clock, metrics)?;
    // The built-in inbox is this process too.
    let to_ntfy = if config.ntfy.url.is_some() {
        Line::Linked
    } else {
        Line::Inside
    };
    Ok(Linked::new(vec![
        (to_ntfy, Arc::new(deliver)),
        (Line::Inside, Arc::new(persist)),
        (Line::Inside, Arc::new(record)),
        (Line::Inside, Arc::new(list)),
        (Line::Inside, Arc::new(redrive)),
        (Line::Inside, Arc::new(ask)),
    ]))
}

fn deliver(
    config: &Config,
    stores: &Stores,
    parameters: impl FnOnce(&Settings) -> FixedParameters,
    clock: Arc<ActivityClock>,
    metrics: Arc<dyn Metrics>,
) -> Result<DeliverHandler, StartError> {
    let public_url = config
        .public_url
        .as_deref()
        .map(|url| url.trim_end_matches('/').to_owned());
    let settings = Settings {
        topic: config.ntfy.topic.clone(),
        // The built-in inbox has no buttons to show, and where rez listens is no address for a telephone.
        public_url: public_url.filter(|_| config.ntfy.url.is_some()),
        ..Settings::default()
    };
    let ntfy = Ntfy::new(Timeouts::default()).map_err(|error| StartError::Setting {
        setting: "ntfy",
        detail: error.to_string(),
    })?;
    let guard = Guard {
        store: stores.breakers.clone(),
        clock: clock.clone(),
        metrics: metrics.clone(),
    };
    let parameters = Arc::new(parameters(&settings));
    Ok(DeliverHandler {
        settings,
        parameters,
        guard,
        ntfy,
        clock,
        metrics,
    })
}

/// The same values under their names on AWS, for functions that run as processes.
pub(crate) fn parameters_on_aws(config: &Config, local: &Local<'_>, api: SocketAddr) -> Values {
    let (url, token) = target(config, local.inbox_pass, api);
    Values::of(&config.stage, url.into(), token, local.acknowledgement_key.clone())
}

/// Where messages are delivered and what is shown there: without a server of one's own, they go into the inbox.
fn target(config: &Config, inbox_pass: &Pass, api: SocketAddr) -> (String, Option<SecretString>) {
    match &config.ntfy.url {
        Some(url) => (url.clone(), config.ntfy.token.clone()),
        None => (
            format!("http://{}/inbox", reachable(api)),
            Some(inbox_pass.token().clone()),
        ),
    }
}

/// The values that stand in Parameter Store on AWS.
fn parameters(settings: &Settings, key: &SecretString, url: String, token: Option<SecretString>) -> FixedParameters {
    let token = settings.token_parameter.clone().zip(token);
    let key = (settings.acknowledgement_key_parameter.clone(), key.clone());
    [(settings.url_parameter.clone(), SecretString::from(url)), key]
        .into_iter()
        .chain(token)
        .collect()
}

/// An address that listens everywhere is reached at home.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => SocketAddr::from(([127, 0, 0, 1], v4.port())),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, v6.port())),
        other => other,
    }
}

/// The server's clock, as activities ask for it.
#[derive(Clone, Debug)]
pub(crate) struct ActivityClock(pub(crate) Arc<dyn Clock>);

impl activity_runtime::Clock for ActivityClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}
