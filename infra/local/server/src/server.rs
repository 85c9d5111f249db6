//! Starting and stopping.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use activity_runtime::AcknowledgementLinks;
use api::{Api, Bounds, Entrance, RateLimit};
use authorizer::{Gate, Pass, Provider, SignIn, SignInLinks, Verifier};
use axum::routing::get;
use axum::{Router, middleware};
use journal::Journal;
use reqwest::Url;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;

use crate::alarms::LocalMeasures;
use crate::binaries;
use crate::changes::LocalChanges;
use crate::doors::{self, Doors, Form};
use crate::failpoints::{self, Moment};
use crate::host::{Host, HostError};
use crate::linked::{ActivityClock, Local};
use crate::meters::{self, Meters};
use crate::ports::{LateHost, LocalDeadLetters, LocalExecutions, LocalTaskTokens};
use crate::runners::{DynamoDb, LambdaEndpoint, Runners};
use crate::schedules::{self, LocalSchedules, Schedules};
use crate::serve_file::ServeFile;
use crate::store::{Store, Stores, TableNames};
use crate::{
    Config, Identity, StartError, Traces, console, inbox, linked, listen, retention, traces, welcome, wire, workflows,
};

/// How long tasks may take to end when the server stops.
const GRACE: Duration = Duration::from_secs(4);
/// How long the last requests may take after that: five seconds together.
const LAST_REQUESTS: Duration = Duration::from_secs(1);

/// How long traces may take at the end, even if everything else took its time.
const LEAST_FOR_TRACES: Duration = Duration::from_millis(500);

/// What became of the tasks that ran when a server was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// They have ended, and what came of them is durable.
    pub finished: usize,
    /// They did not end in time and are repeated after the next start, under the same tokens.
    pub cut_off: usize,
}

/// A running server. Dropped without [`Server::shutdown`] it ends as if the power had failed: nothing that was
/// acknowledged is lost.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub addresses: Addresses,
    /// Where everything durable lies.
    pub data_dir: PathBuf,
    host: Arc<Host>,
    entrance: Arc<Entrance>,
    tasks: JoinSet<()>,
    /// What makes spans of executions, and where they go.
    traces: Option<(Traces, JoinHandle<()>)>,
    _store: Store,
}

/// Where a server listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    /// The API and the built-in inbox.
    pub api: SocketAddr,
    /// The wire API of Step Functions.
    pub sfn: SocketAddr,
    /// The embedded DynamoDB.
    pub dynamodb: SocketAddr,
}

/// Starts a server: takes the data directory, listens, and takes up what was running when it was last closed.
pub async fn start(config: Config) -> Result<Server, StartError> {
    let journal = Arc::new(Journal::open(&config.data_dir)?);
    let identity = Identity::open(&config.data_dir)?;
    let (api, sfn) = (bind(config.listen).await?, bind(config.sfn_listen).await?);
    let names = TableNames::of(&config.stage);
    let (store, port) = Store::open(&config.data_dir, &names).await?;
    let addresses = Addresses {
        api: local(&api)?,
        sfn: local(&sfn)?,
        dynamodb: local(&port.listener)?,
    };
    let stores = Stores::new(&store.client, &names, config.breaker);
    let own_host = LateHost::default();
    let meters = Meters::new(&config.stage, Arc::clone(&config.clock));
    meters::take_up(&config.data_dir, &meters.recent);
    let inbox_pass = Pass::new();
    let local = Local {
        journal: &journal,
        stores: &stores,
        host: &own_host,
        meters: &meters,
        acknowledgement_key: identity.acknowledgement_key(),
        inbox_pass: &inbox_pass,
    };
    let linked = linked::activities(&config, &local, addresses.api)?;
    let (binaries, services) = binaries::of(&config, &names, addresses, &local).await?;
    let runners = Runners::new(linked, lambda(&config)?, DynamoDb::new(addresses.dynamodb))
        .with(binaries)
        .held_to(config.policies.clone());
    let host = Host::new(
        Arc::clone(&journal),
        Arc::clone(&config.clock),
        runners,
        meters,
        config.most_open,
    );
    own_host.is(&host);
    let unread = |error: HostError| StartError::Recovery {
        detail: error.to_string(),
    };
    let traces = config.traces.clone().map(|traces| exporting(traces, &host));
    host.count_open().await.map_err(unread)?;
    workflows::register(&host, &config.stage).await?;
    schedules::provide_daily(&host).await.map_err(unread)?;
    let schedules = Schedules::new(&host);
    let mut tasks = JoinSet::new();
    let public_url = public_url(&config, addresses)?;
    let doors = doors_of(&config, &public_url, addresses, inbox_pass)?;
    let entrance = entrance(&config, &identity, &public_url)?;
    let links = AcknowledgementLinks::new(identity.acknowledgement_key()).ok();
    let api_router = api_router(
        &config,
        &host,
        &schedules,
        stores,
        addresses,
        Ways {
            entrance: Arc::clone(&entrance),
            doors: &doors,
            acknowledgement_links: links,
        },
    );
    let step_functions = doors::same_site(wire::router(Arc::clone(&host)), Form::Aws);
    let tables = doors::same_site(port.router, Form::Aws);
    for (listener, address, router, form) in [
        (api, addresses.api, api_router, Form::Problem),
        (sfn, addresses.sfn, step_functions, Form::Aws),
        (port.listener, addresses.dynamodb, tables, Form::Aws),
    ] {
        let router = doors.known(router, address, form);
        tasks.spawn(listen::serve(Arc::clone(&host), listener, router));
    }
    if let Some(services) = services {
        tasks.spawn(services.serve(&host, &doors));
    }
    host.recover().await.map_err(unread)?;
    failpoints::at(Moment::Recovered);
    tasks.spawn(Arc::clone(&host).run_timers());
    tasks.spawn(schedules.run());
    tasks.spawn(meters::keep(Arc::clone(&host), config.data_dir.clone()));
    tasks.spawn(retention::run(Arc::clone(&host), store.database(), config.retention));
    let file = ServeFile {
        pid: std::process::id(),
        addresses,
    };
    file.write(&config.data_dir).map_err(|error| StartError::Setting {
        setting: "data_dir",
        detail: error.to_string(),
    })?;
    Ok(Server {
        addresses,
        data_dir: config.data_dir,
        host,
        entrance,
        tasks,
        traces,
        _store: store,
    })
}

impl Server {
    /// The wire API of Step Functions, for callers in this process.
    pub fn step_functions(&self) -> Router {
        wire::router(Arc::clone(&self.host))
    }

    /// The Lambda functions that run as processes of their own; all others are parts of this one.
    pub fn functions_as_processes(&self) -> Vec<String> {
        self.host.runners().binaries.names().map(str::to_owned).collect()
    }

    /// A link that signs in whoever opens it first, within a day: for the eyes of the owner alone.
    pub fn sign_in_link(&self) -> SecretString {
        self.entrance.sign_in_link(self.host.now())
    }

    /// Stops: nothing begins any more, what runs gets five seconds, and everything that was answered is durable. What was
    /// cut off is repeated after the next start.
    pub async fn shutdown(mut self) -> Stopped {
        let begun = Instant::now();
        ServeFile::remove(&self.data_dir);
        self.host.drain();
        failpoints::at(Moment::Draining);
        let (running, _) = self.host.calls();
        // Requests go on meanwhile: what runs may need an answer of this very server.
        let ended = tokio::time::timeout(GRACE, self.host.calls_have_ended()).await;
        let cut_off = self.host.stop();
        self.host.runners().binaries.close().await;
        failpoints::at(Moment::Drained);
        if ended.is_err() {
            tracing::warn!(cut_off, "tasks were still running after {} s", GRACE.as_secs());
        }
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(LAST_REQUESTS, ended).await.is_err() {
            self.tasks.shutdown().await;
        }
        if let Some((traces, ended)) = self.traces.take() {
            // Of the five seconds, what is left.
            let left = (GRACE + LAST_REQUESTS)
                .saturating_sub(begun.elapsed())
                .max(LEAST_FOR_TRACES);
            let ended = tokio::time::timeout(left / 2, ended).await;
            if ended.is_err() {
                tracing::warn!("not every execution that has ended is in the traces");
            }
            traces.finish(left / 2).await;
        }
        let journal = Arc::clone(&self.host.journal);
        if tokio::task::spawn_blocking(move || journal.close()).await.is_err() {
            tracing::error!("the journal was not closed");
        }
        failpoints::at(Moment::Closed);
        Stopped {
            finished: running.saturating_sub(cut_off),
            cut_off,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.host.stop();
        self.host.runners().binaries.kill();
    }
}

/// Exports what executions of a host have done.
fn exporting(traces: Traces, host: &Arc<Host>) -> (Traces, JoinHandle<()>) {
    let (ended, waiting) = traces::Ended::new();
    let first = host.traced.set(ended);
    debug_assert!(first.is_ok(), "the host is new");
    let run = traces::run(traces.clone(), Arc::clone(host), waiting);
    (traces, tokio::spawn(run))
}

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| StartError::Listen { address, source })
}

fn local(listener: &TcpListener) -> Result<SocketAddr, StartError> {
    let unknown = SocketAddr::from(([0, 0, 0, 0], 0));
    listener.local_addr().map_err(|source| StartError::Listen {
        address: unknown,
        source,
    })
}

fn lambda(config: &Config) -> Result<Option<LambdaEndpoint>, StartError> {
    let made = config.lambda_endpoint.as_deref().map(LambdaEndpoint::new).transpose();
    made.map_err(|error| StartError::Setting {
        setting: "lambda_endpoint",
        detail: error.to_string(),
    })
}

/// Who is let in: whoever has a token of the data directory's own issuer or of the one that is set, or has signed in.
fn entrance(config: &Config, identity: &Identity, public_url: &Url) -> Result<Arc<Entrance>, StartError> {
    let wrong = |setting, detail: &str| StartError::Setting {
        setting,
        detail: detail.to_owned(),
    };
    let seal = identity
        .seal()
        .ok_or_else(|| wrong("data_dir", "its keys seal nothing"))?;
    let provider = config.issuer.clone().map(Provider::new).transpose();
    let provider = provider
        .map_err(|_| wrong("OIDC_ISSUER", "no HTTP client can be made for it"))?
        .map(Arc::new);
    let sign_in = provider
        .as_ref()
        .and_then(|provider| SignIn::new(Arc::clone(provider), public_url));
    let verifier = Verifier {
        own: Some(identity.issuer.trusted()),
        issuer: provider.as_ref().map(Provider::trusted),
    };
    Ok(Arc::new(Entrance {
        gate: Gate::new(verifier, seal),
        links: SignInLinks::default(),
        sign_in: sign_in.map(Arc::new),
        public_url: public_url.origin().ascii_serialization(),
        rate: RateLimit::new(config.rate),
        bounds: Bounds::default(),
        look: crate::console::look(),
        origins: config.origins.clone(),
    }))
}

/// The address under which browsers reach this server: scheme, host and port, and nothing else.
fn public_url(config: &Config, addresses: Addresses) -> Result<Url, StartError> {
    let where_it_listens = || format!("http://{}", addresses.api);
    let given = config.public_url.clone().unwrap_or_else(where_it_listens);
    let plain = |url: &Url| {
        let web = ["http", "https"].contains(&url.scheme()) && url.path() == "/";
        let nothing_else = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        web && nothing_else && url.password().is_none()
    };
    let read = Url::parse(&given).ok().filter(plain);
    read.ok_or_else(|| StartError::Setting {
        setting: "REZ_PUBLIC_URL",
        detail: "write scheme and host alone, with a port if need be: https://rez.example.org".to_owned(),
    })
}

fn doors_of(config: &Config, public_url: &Url, addresses: Addresses, pass: Pass) -> Result<Arc<Doors>, StartError> {
    let set = config.public_url.is_some().then_some(public_url);
    Doors::new(&config.allowed_hosts, set, addresses.api.ip(), pass).map(Arc::new)
}

/// The ways in.
struct Ways<'a> {
    entrance: Arc<Entrance>,
    doors: &'a Arc<Doors>,
    acknowledgement_links: Option<AcknowledgementLinks>,
}

/// The API and the inbox behind one address.
fn api_router(
    config: &Config,
    host: &Arc<Host>,
    schedules: &Arc<Schedules>,
    stores: Stores,
    addresses: Addresses,
    ways: Ways<'_>,
) -> Router {
    let Ways {
        entrance,
        doors,
        acknowledgement_links,
    } = ways;
    let clock = Arc::clone(&config.clock);
    let inbox = inbox::router(Arc::clone(&host.journal), Arc::new(move || clock.now()));
    let inbox = doors::same_site(inbox, Form::Problem);
    let measures = Arc::new(LocalMeasures {
        host: Arc::clone(host),
        breakers: stores.breakers.clone(),
        stage: config.stage.clone(),
    });
    let api = Api::from(api::Ports {
        measures: measures.clone(),
        executions: Arc::new(LocalExecutions(LateHost::known(host))),
        messages: stores.messages,
        breakers: stores.breakers,
        dead_letters: Arc::new(LocalDeadLetters::new(LateHost::known(host), &config.stage)),
        task_tokens: Arc::new(LocalTaskTokens(Arc::clone(host))),
        schedules: Arc::new(LocalSchedules(Arc::clone(schedules))),
        acknowledgement_links,
        entrance,
        clock: Arc::new(ActivityClock(Arc::clone(&config.clock))),
        changes: Arc::new(LocalChanges(LateHost::known(host))),
        live: true,
        stage: config.stage.clone(),
        searches: true,
    });
    let secured = api.clone();
    let router = host.meters.counting(api::router(api.clone()));
    let open = doors.open(inbox.merge(meters::router(Arc::clone(host), measures)), api.clone());
    let console = api::pages(api, console::pages(host, router.clone(), &config.clock));
    let welcome = welcome::text(addresses);
    let others = open
        .merge(console)
        .route("/", get(async move || welcome.clone()))
        .fallback_service(router);
    let router = api::secured(secured, others);
    if config.traces.is_some() {
        router.layer(middleware::from_fn(traces::incoming))
    } else {
        router
    }
}
