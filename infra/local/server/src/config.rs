//! What a server needs to know.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use activity_runtime::Environment;
use authorizer::IssuerSettings;
use secrecy::SecretString;
use tables::breaker::Thresholds;

use crate::clock::{Clock, SystemClock};
use crate::{Policies, StartError, Traces};

/// How many executions may be open at once, unless somebody says otherwise: as many as in an account of AWS.
///
/// Source: Step Functions Developer Guide, "Quotas related to state machine executions".
pub const MOST_OPEN: usize = 1_000_000;

/// How long Step Functions keeps executions that have ended. Source: Step Functions developer guide, "Service quotas",
/// execution history retention time.
const RETENTION: Duration = Duration::from_hours(90 * 24);

/// The settings of a server.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where everything durable lies. Created if need be.
    pub data_dir: PathBuf,
    /// Where the API and the built-in inbox listen. Port 0 takes any free one.
    pub listen: SocketAddr,
    /// Where the wire API of Step Functions listens. Port 0 takes any free one.
    pub sfn_listen: SocketAddr,
    /// The address under which browsers reach the API, as `https://rez.example.org`; where it listens when absent.
    pub public_url: Option<String>,
    /// The issuer at which people sign in; the machine is its own without one.
    pub issuer: Option<IssuerSettings>,
    /// The origins whose pages may call the API with a token.
    pub origins: Vec<String>,
    /// Names by which this server is called beside those of this machine and of `public_url`, as `rez` among containers.
    pub allowed_hosts: Vec<String>,
    /// How many requests a second each caller may make; 0 is no limit.
    pub rate: u32,
    /// Where messages are delivered.
    pub ntfy: Ntfy,
    /// Where Lambda functions are invoked that are not part of this program, as `--endpoint-url` of the AWS CLI.
    pub lambda_endpoint: Option<String>,
    /// A directory with binaries of Lambda functions, which then run as processes of their own instead of inside of this one.
    pub lambda_binaries: Option<PathBuf>,
    /// When the circuit breaker changes.
    pub breaker: Thresholds,
    /// How many executions may be open at once; more are refused until some have ended.
    pub most_open: usize,
    /// The stage that items, topics and queues name.
    pub stage: String,
    /// What state machines may do; without an entry, everything.
    pub policies: Policies,
    /// How long what has ended is kept.
    pub retention: Duration,
    /// Where traces are exported; nowhere when absent.
    pub traces: Option<Traces>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Where messages are delivered.
#[derive(Clone, Debug)]
pub struct Ntfy {
    /// The server's base URL; the built-in inbox when absent.
    pub url: Option<String>,
    /// The topic of messages that name none.
    pub topic: String,
    /// The access token.
    pub token: Option<SecretString>,
}

/// The breaker's thresholds as the environment sets them: the same variables as those of the Lambda function.
pub fn breaker_of(environment: &Environment) -> Result<Thresholds, StartError> {
    deliver_message::thresholds(environment).map_err(|error| StartError::Setting {
        setting: "breaker",
        detail: error.to_string(),
    })
}

impl Config {
    /// Settings for a data directory: free ports on this machine alone, messages into the built-in inbox.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            data_dir: data_dir.into(),
            listen: any,
            sfn_listen: any,
            public_url: None,
            issuer: None,
            origins: Vec::new(),
            allowed_hosts: Vec::new(),
            rate: 0,
            ntfy: Ntfy {
                url: None,
                topic: "rez".to_owned(),
                token: None,
            },
            lambda_endpoint: None,
            lambda_binaries: None,
            breaker: Thresholds::default(),
            most_open: MOST_OPEN,
            stage: "dev".to_owned(),
            policies: Policies::default(),
            retention: RETENTION,
            traces: None,
            clock: Arc::new(SystemClock),
        }
    }
}
