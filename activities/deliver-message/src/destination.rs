//! Where to deliver and with which credential.

use contracts::DeliverError;
use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// An ntfy server: its base URL and the access token for it.
#[derive(Clone)]
pub struct Destination {
    /// Without credentials, query and fragment; its path ends in `/`.
    base: Url,
    authorization: Option<HeaderValue>,
}

impl Destination {
    /// From the configured URL and access token (`tk_…`; blank is none).
    ///
    /// Anything else than an http or https URL without query and fragment is [`DeliverError::Misconfigured`], and so
    /// are credentials in the URL (URLs are keys, and stand in logs) and a token that no header can carry. The reason
    /// quotes neither.
    pub fn new(url: &SecretString, token: Option<&SecretString>) -> Result<Self, DeliverError> {
        let base = checked(url.expose_secret().trim()).map_err(misconfigured)?;
        let token = token
            .map(|token| token.expose_secret().trim())
            .filter(|token| !token.is_empty());
        let authorization = token.map(bearer).transpose()?;
        Ok(Self { base, authorization })
    }

    /// The circuit breaker's key: the base URL, because ntfy's limits are per source address and not per topic.
    pub fn service_name(&self) -> String {
        self.base.as_str().trim_end_matches('/').to_owned()
    }

    /// Where a JSON document is published: always with the slash, because without it a path would be taken as a topic.
    pub(crate) fn publish_url(&self) -> Url {
        self.base.clone()
    }

    /// What a topic got since a point in time, in seconds since 1970 (ntfy takes no RFC 3339 here).
    pub(crate) fn poll_url(&self, topic: &str, since: i64) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{topic}/json", self.base.path()));
        url.set_query(Some(&format!("poll=1&since={}", since.max(0))));
        url
    }

    /// The token, to be kept out of what others write.
    pub(crate) fn token(&self) -> Option<&str> {
        self.authorization()?.to_str().ok()?.strip_prefix("Bearer ")
    }

    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }
}

/// Shows the token nowhere.
impl std::fmt::Debug for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Destination").field(&self.service_name()).finish()
    }
}

fn checked(url: &str) -> Result<Url, &'static str> {
    let mut base = Url::parse(url).map_err(|_| "ntfy's URL is not a URL")?;
    if !matches!(base.scheme(), "http" | "https") {
        return Err("ntfy's URL must begin with https:// or http://");
    }
    if !base.username().is_empty() || base.password().is_some() {
        return Err("ntfy's URL must not carry credentials: create an access token");
    }
    if base.query().is_some() || base.fragment().is_some() {
        return Err("ntfy's URL must not have a query or fragment");
    }
    if !base.path().ends_with('/') {
        base.set_path(&format!("{}/", base.path()));
    }
    Ok(base)
}

fn bearer(token: &str) -> Result<HeaderValue, DeliverError> {
    let mut value = HeaderValue::try_from(format!("Bearer {token}"))
        .map_err(|_| misconfigured("the access token has characters that no header can carry"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn misconfigured(reason: &str) -> DeliverError {
    DeliverError::Misconfigured {
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn destination(url: &str, token: &str) -> Result<Destination, DeliverError> {
        Destination::new(&url.into(), Some(&token.into()))
    }

    #[test]
    fn the_key_is_the_base_url() {
        for (url, key) in [
            ("https://ntfy.sh", "https://ntfy.sh"),
            (" https://NTFY.sh/\n", "https://ntfy.sh"),
            ("http://127.0.0.1:8080/ntfy/", "http://127.0.0.1:8080/ntfy"),
        ] {
            assert_eq!(destination(url, "").unwrap().service_name(), key);
        }
    }

    #[test]
    fn a_path_is_kept_and_ends_in_a_slash() {
        let behind_proxy = destination("https://example.org/ntfy", "").unwrap();
        assert_eq!(behind_proxy.publish_url().as_str(), "https://example.org/ntfy/");
        assert_eq!(
            behind_proxy.poll_url("t", 12).as_str(),
            "https://example.org/ntfy/t/json?poll=1&since=12"
        );
    }

    #[test]
    fn the_scheme_is_exactly_bearer_and_the_token_is_trimmed() {
        let header = destination("https://ntfy.sh", "tk_abc\n").unwrap();
        assert_eq!(header.authorization().unwrap(), "Bearer tk_abc");
        assert_eq!(destination("https://ntfy.sh", " ").unwrap().authorization(), None);
    }

    #[test]
    fn what_cannot_work_is_told_without_quoting_a_secret() {
        for (url, token) in [
            ("ntfy.sh", "tk_secret"),
            ("ftp://ntfy.sh", "tk_secret"),
            ("https://user:tk_secret@ntfy.sh", ""),
            ("https://ntfy.sh/?auth=tk_secret", ""),
            ("https://ntfy.sh", "tk_secret\u{7}"),
        ] {
            let error = destination(url, token).unwrap_err();
            assert!(matches!(error, DeliverError::Misconfigured { .. }));
            assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
        }
        assert!(!format!("{:?}", destination("https://ntfy.sh", "tk_secret").unwrap()).contains("secret"));
    }
}
