//! Talking to a server: its API and its Step Functions API. The server of this machine is asked over HTTP; a deployment on AWS
//! is asked through the API of this process, and through Step Functions itself.

mod api;
mod step_functions;

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode, Url};
use serde_json::Value;
use server::Identity;

use crate::aws::Deployment;

pub(crate) use api::{Accepted, without_request};

/// A client of one server, or of one deployment.
#[derive(Clone, Debug)]
pub(crate) struct Client(Way);

#[derive(Clone, Debug)]
enum Way {
    Local(Local),
    Aws(Arc<Deployment>),
}

/// A server of this machine.
#[derive(Clone, Debug)]
struct Local {
    http: reqwest::Client,
    /// Whoever may read the data directory's keys is its owner: each request carries a token signed with them.
    identity: Arc<Identity>,
    api: Url,
    step_functions: Url,
}

/// A request to the API.
pub(crate) struct Question<'a> {
    pub(crate) method: Method,
    /// What follows `/api` in the address; each part is encoded, whatever it is.
    pub(crate) path: &'a [&'a str],
    pub(crate) query: &'a [(&'a str, &'a str)],
    pub(crate) header: Option<(&'static str, &'a str)>,
    pub(crate) body: Option<&'a Value>,
}

/// An answer of the API, a refusal too.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// `null` if there is none.
    pub(crate) document: Value,
}

/// How long a server on the same machine may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The first and the longest pause between two looks at what runs. On AWS each look is a request that is paid for, and one of
/// 20 a second. Source: Step Functions Developer Guide, "Quotas", `GetExecutionHistory`.
const PAUSES: [(Duration, Duration); 2] = [
    (Duration::from_millis(10), Duration::from_millis(500)),
    (Duration::from_millis(250), Duration::from_secs(4)),
];

impl Client {
    /// A client of the server that listens at these addresses.
    pub(crate) fn new(api: Url, step_functions: Url, identity: Identity) -> Result<Self, reqwest::Error> {
        // The server is on this machine: a proxy of the environment has no business in between.
        let http = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build()?;
        Ok(Self(Way::Local(Local {
            http,
            identity: Arc::new(identity),
            api,
            step_functions,
        })))
    }

    /// A client of a deployment on AWS.
    pub(crate) fn on_aws(deployment: Arc<Deployment>) -> Self {
        Self(Way::Aws(deployment))
    }

    /// The first and the longest pause between two looks at what runs.
    pub(crate) fn pauses(&self) -> (Duration, Duration) {
        match self.0 {
            Way::Local(_) => PAUSES[0],
            Way::Aws(_) => PAUSES[1],
        }
    }
}
