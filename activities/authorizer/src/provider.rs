//! What an issuer publishes: its addresses and its keys.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jsonwebtoken::jwk::Jwk;
use reqwest::Url;
use serde::Deserialize;
use serde_json::Value;

use crate::cached::Cached;
use crate::http::{Http, HttpError};
use crate::settings::is_safe;
use crate::{IssuerSettings, Key, KeySource, KeysUnavailable, Trusted};

/// How many keys of an issuer are looked at.
const KEYS: usize = 100;

/// An OpenID Connect issuer, asked when something of it is needed.
pub struct Provider {
    /// Which one, and this application's registration there.
    pub(crate) settings: IssuerSettings,
    pub(crate) http: Http,
    configuration: Cached<Configuration>,
    keys: Cached<HashMap<String, Key>>,
}

/// What is used of an issuer's configuration. Source: OpenID Connect Discovery 1.0, section 3; RP-Initiated Logout 1.0,
/// section 2.1; RFC 8414, section 2.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Configuration {
    issuer: String,
    pub(crate) authorization_endpoint: Url,
    pub(crate) token_endpoint: Url,
    jwks_uri: Url,
    pub(crate) end_session_endpoint: Option<Url>,
    pub(crate) revocation_endpoint: Option<Url>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

impl Provider {
    /// An issuer; nothing is asked yet, so that an issuer that is away keeps nobody from starting.
    pub fn new(settings: IssuerSettings) -> Result<Self, reqwest::Error> {
        // The settings have been checked: an issuer that is no address does not come here.
        let address = Url::parse(&settings.issuer).ok();
        let nowhere = || Url::parse("http://localhost").expect("it is an address");
        Ok(Self {
            http: Http::new(&address.unwrap_or_else(nowhere))?,
            settings,
            configuration: Cached::default(),
            keys: Cached::default(),
        })
    }

    /// What its tokens must say, and its keys.
    pub fn trusted(self: &Arc<Self>) -> Trusted {
        Trusted::new(self.settings.rules(), Arc::clone(self) as Arc<dyn KeySource>)
    }

    /// Its addresses; `None` while it does not answer and they are not known.
    pub(crate) async fn configuration(&self, now: Timestamp) -> Option<Arc<Configuration>> {
        let fetch = async { told("configuration", self.fetch_configuration().await) };
        self.configuration.get(now, |_| true, fetch).await
    }

    async fn fetch_configuration(&self) -> Result<Configuration, HttpError> {
        let address = format!(
            "{}/.well-known/openid-configuration",
            self.settings.issuer.trim_end_matches('/')
        );
        let address = Url::parse(&address).map_err(|error| HttpError::Unreadable(error.to_string()))?;
        let configuration: Configuration = self.http.document(address).await?;
        if configuration.issuer != self.settings.issuer {
            let detail = "it calls itself by another name than OIDC_ISSUER, perhaps with a slash more or less";
            return Err(HttpError::Unreadable(detail.to_owned()));
        }
        let addresses = [
            Some(&configuration.authorization_endpoint),
            Some(&configuration.token_endpoint),
            Some(&configuration.jwks_uri),
            configuration.end_session_endpoint.as_ref(),
            configuration.revocation_endpoint.as_ref(),
        ];
        if !addresses.into_iter().flatten().all(is_safe) {
            return Err(HttpError::Unreadable("an address of it is not https".to_owned()));
        }
        Ok(configuration)
    }

    async fn fetch_keys(&self, now: Timestamp) -> Result<HashMap<String, Key>, HttpError> {
        let configuration = self.configuration(now).await;
        let configuration =
            configuration.ok_or_else(|| HttpError::Unreadable("its configuration is missing".to_owned()))?;
        let set: KeySet = self.http.document(configuration.jwks_uri.clone()).await?;
        // A key that cannot be read is somebody else's new idea and no reason to do without the others.
        let read = set
            .keys
            .into_iter()
            .take(KEYS)
            .filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
        let keys = read.filter_map(|jwk| Some((jwk.common.key_id.clone()?, Key::published(&jwk)?)));
        Ok(keys.collect())
    }
}

#[async_trait]
impl KeySource for Provider {
    async fn key(&self, kid: &str, now: Timestamp) -> Result<Option<Key>, KeysUnavailable> {
        let fetch = async { told("keys", self.fetch_keys(now).await) };
        let keys = self.keys.get(now, |keys| keys.contains_key(kid), fetch).await;
        Ok(keys.ok_or(KeysUnavailable)?.get(kid).cloned())
    }
}

fn told<T>(what: &'static str, answer: Result<T, HttpError>) -> Option<T> {
    answer
        .inspect_err(|error| tracing::warn!(%error, what, "the issuer cannot be read"))
        .ok()
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
