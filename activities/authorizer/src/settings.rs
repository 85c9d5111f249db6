//! Which issuer is trusted, by setting.

use activity_runtime::Environment;
use reqwest::Url;
use secrecy::SecretString;

use crate::http::is_loopback;
use crate::{Right, Rules};

/// An OpenID Connect issuer, and this application's registration there.
#[derive(Clone, Debug)]
pub struct IssuerSettings {
    /// Its address, to the letter as its tokens name it.
    pub issuer: String,
    /// This application's `client_id`.
    pub client_id: String,
    /// Its secret; none for a public client.
    pub client_secret: Option<SecretString>,
    /// What `aud` of access tokens must contain; `client_id` is looked at when absent.
    pub audience: Option<String>,
    /// The resource server before the scopes, as in `rez/messages:read`.
    pub resource: String,
    /// The scopes that a sign-in asks for.
    pub scopes: Vec<String>,
    /// Whether it is a user pool of Cognito.
    pub cognito: bool,
}

/// A setting makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {detail}")]
pub struct SettingError {
    /// Which one.
    pub setting: &'static str,
    /// What is wrong with it, and what would be right.
    pub detail: &'static str,
}

const POOL: &str = "COGNITO_USER_POOL_ID";
const POOL_CLIENT: &str = "COGNITO_CLIENT_ID";
const ISSUER: &str = "OIDC_ISSUER";
const CLIENT: &str = "OIDC_CLIENT_ID";

impl IssuerSettings {
    /// The issuer that the environment names, if it names one.
    pub fn of(environment: &Environment) -> Result<Option<Self>, SettingError> {
        let set = |name| environment.optional(name).map(str::to_owned);
        let wrong = |setting, detail| Err(SettingError { setting, detail });
        let (issuer, client_id, cognito) = match (set(POOL), set(ISSUER)) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => return wrong(ISSUER, "is set beside COGNITO_USER_POOL_ID: unset one of them"),
            (Some(pool), None) => match (pool_issuer(&pool), set(POOL_CLIENT)) {
                (None, _) => return wrong(POOL, "must be as us-east-1_AbCdEfGhI"),
                (_, None) => return wrong(POOL_CLIENT, "is missing: the id of the user pool's app client"),
                (Some(issuer), Some(client)) => (issuer, client, true),
            },
            (None, Some(issuer)) => match set(CLIENT) {
                _ if !may_be_asked(&issuer) => {
                    return wrong(ISSUER, "must be an https address, or http on this machine");
                }
                None => return wrong(CLIENT, "is missing: the id under which this application is registered"),
                Some(client) => (issuer, client, false),
            },
        };
        let resource = set("OIDC_RESOURCE").unwrap_or_else(|| "rez".to_owned());
        let scopes = match set("OIDC_SCOPES") {
            Some(scopes) => scopes.split_whitespace().map(str::to_owned).collect(),
            None => usual_scopes(cognito, &resource),
        };
        Ok(Some(Self {
            issuer,
            client_id,
            client_secret: set("OIDC_CLIENT_SECRET").map(SecretString::from),
            audience: set("OIDC_AUDIENCE"),
            resource,
            scopes,
            cognito,
        }))
    }

    /// What its tokens must say.
    pub(crate) fn rules(&self) -> Rules {
        Rules {
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            audience: self.audience.clone(),
            says_its_use: self.cognito,
            resource: self.resource.clone(),
            own: false,
        }
    }
}

/// Source: Amazon Cognito Developer Guide, "Verifying JSON web tokens": the issuer of a pool. Its id begins with its region.
fn pool_issuer(pool: &str) -> Option<String> {
    let (region, name) = pool.split_once('_')?;
    let plain = |text: &str, also: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|char| char.is_ascii_alphanumeric() || also.contains(char))
    };
    (plain(region, "-") && plain(name, "")).then(|| format!("https://cognito-idp.{region}.amazonaws.com/{pool}"))
}

fn may_be_asked(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    plain && is_safe(&url)
}

/// Whether tokens may go there.
pub(crate) fn is_safe(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

/// Cognito knows no `offline_access` (it always gives a refresh token), and writes scopes behind their resource server.
fn usual_scopes(cognito: bool, resource: &str) -> Vec<String> {
    let prefix = if cognito { format!("{resource}/") } else { String::new() };
    let rights = [Right::Read, Right::Write].map(|right| format!("{prefix}{}", right.as_str()));
    let offline = (!cognito).then(|| "offline_access".to_owned());
    ["openid".to_owned()].into_iter().chain(offline).chain(rights).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<Option<IssuerSettings>, SettingError> {
        IssuerSettings::of(&set.iter().copied().collect())
    }

    #[test]
    fn a_pool_and_any_other_issuer_are_read() {
        assert!(read(&[]).unwrap().is_none());
        let pool = read(&[(POOL, "eu-central-1_Ab1"), (POOL_CLIENT, "c")])
            .unwrap()
            .unwrap();
        assert_eq!(
            pool.issuer,
            "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab1"
        );
        assert_eq!(pool.scopes, ["openid", "rez/messages:read", "rez/messages:write"]);
        let other = [
            (ISSUER, "https://id.example.org/"),
            (CLIENT, "c"),
            ("OIDC_SCOPES", "openid  x"),
        ];
        let other = read(&other).unwrap().unwrap();
        assert_eq!(
            (other.issuer.as_str(), other.cognito),
            ("https://id.example.org/", false)
        );
        assert_eq!(other.scopes, ["openid", "x"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (set, setting) in [
            (&[(POOL, "pool"), (POOL_CLIENT, "c")][..], POOL),
            (&[(POOL, "eu_a/../b"), (POOL_CLIENT, "c")], POOL),
            (&[(POOL, "eu-central-1_Ab1")], POOL_CLIENT),
            (&[(ISSUER, "http://id.example.org"), (CLIENT, "c")], ISSUER),
            (&[(ISSUER, "https://id.example.org/?a=b"), (CLIENT, "c")], ISSUER),
            (&[(ISSUER, "https://id.example.org")], CLIENT),
            (
                &[(ISSUER, "https://id.example.org"), (POOL, "eu-central-1_Ab1")],
                ISSUER,
            ),
        ] {
            assert_eq!(read(set).unwrap_err().setting, setting, "{set:?}");
        }
    }
}
