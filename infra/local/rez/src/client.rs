//! Talking to a running server: its API and its Step Functions API, both over HTTP.

mod api;
mod step_functions;

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use server::Identity;

pub(crate) use api::{Accepted, without_request};

/// A client of one server.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    /// Whoever may read the data directory's keys is its owner: each request carries a token signed with them.
    identity: Arc<Identity>,
    api: Url,
    step_functions: Url,
}

/// How long a server on the same machine may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

impl Client {
    /// A client of the server that listens at these addresses.
    pub(crate) fn new(api: Url, step_functions: Url, identity: Identity) -> Result<Self, reqwest::Error> {
        // The server is on this machine: a proxy of the environment has no business in between.
        let http = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build()?;
        Ok(Self {
            http,
            identity: Arc::new(identity),
            api,
            step_functions,
        })
    }
}
