//! The issuer of a machine that has no other.

use async_trait::async_trait;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use secrecy::SecretString;
use serde::Serialize;

use crate::rules::OWN_SUBJECTS;
use crate::{Key, KeySource, KeysUnavailable, Rights, Rules, Trusted};

/// The name of whoever may read the data directory.
pub const OWNER: &str = "owner";
/// The client of all its tokens.
const CLIENT: &str = "rez";

/// Signs tokens with ES256. Whoever has the key is the machine's owner.
#[derive(Clone)]
pub struct OwnIssuer {
    signing: EncodingKey,
    kid: String,
    key: Key,
}

/// The key is no private key of P-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it holds no private key of P-256 in PKCS #8")]
pub struct NoKey;

/// How long a token is valid: at least a second, at most ten years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime(SignedDuration);

impl Lifetime {
    /// A minute: long enough for the request it is made for.
    pub const REQUEST: Self = Self(SignedDuration::from_mins(1));

    /// `None` outside the bounds.
    pub fn new(duration: SignedDuration) -> Option<Self> {
        let allowed = SignedDuration::from_secs(1)..=SignedDuration::from_hours(24 * 3_653);
        allowed.contains(&duration).then_some(Self(duration))
    }
}

#[derive(Serialize)]
struct Issued<'a> {
    iss: &'a str,
    sub: &'a str,
    client_id: &'a str,
    token_use: &'a str,
    scope: &'a str,
    iat: i64,
    exp: i64,
}

impl OwnIssuer {
    /// A new private key, as PKCS #8.
    pub fn new_key() -> Option<Vec<u8>> {
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        key.ok().map(|key| key.as_ref().to_vec())
    }

    /// The issuer with this key.
    pub fn new(pkcs8: &[u8]) -> Result<Self, NoKey> {
        let signing = EncodingKey::from_ec_der(pkcs8);
        let jwk = Jwk::from_encoding_key(&signing, Algorithm::ES256).map_err(|_| NoKey)?;
        Ok(Self {
            kid: jwk.thumbprint(ThumbprintHash::SHA256).map_err(|_| NoKey)?,
            key: Key::published(&jwk).ok_or(NoKey)?,
            signing,
        })
    }

    /// What its tokens say, and its key.
    pub fn trusted(&self) -> Trusted {
        let rules = Rules {
            issuer: self.issuer(),
            client_id: CLIENT.to_owned(),
            audience: None,
            says_its_use: true,
            resource: String::new(),
            own: true,
        };
        let keys = OwnKeys {
            kid: self.kid.clone(),
            key: self.key.clone(),
        };
        Trusted::new(rules, std::sync::Arc::new(keys))
    }

    /// The subject of somebody on this machine.
    pub fn subject(name: &str) -> String {
        format!("{OWN_SUBJECTS}{name}")
    }

    /// An access token; `name` as [`subject`](Self::subject) takes it. `None` if the clock is beyond all bounds.
    pub fn token(&self, name: &str, rights: Rights, lifetime: Lifetime, now: Timestamp) -> Option<SecretString> {
        let issued = Issued {
            iss: &self.issuer(),
            sub: &Self::subject(name),
            client_id: CLIENT,
            token_use: "access",
            scope: &rights.to_string(),
            iat: now.as_second(),
            exp: now.checked_add(lifetime.0).ok()?.as_second(),
        };
        let header = Header {
            kid: Some(self.kid.clone()),
            typ: Some("at+jwt".to_owned()),
            ..Header::new(Algorithm::ES256)
        };
        encode(&header, &issued, &self.signing).ok().map(SecretString::from)
    }

    /// Named after its key: tokens of another data directory are of another issuer.
    fn issuer(&self) -> String {
        format!("urn:rez:issuer:{}", self.kid)
    }
}

impl std::fmt::Debug for OwnIssuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnIssuer")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// The one key of the machine's own issuer.
#[derive(Clone, Debug)]
pub struct OwnKeys {
    kid: String,
    key: Key,
}

#[async_trait]
impl KeySource for OwnKeys {
    async fn key(&self, kid: &str, _: Timestamp) -> Result<Option<Key>, KeysUnavailable> {
        Ok((kid == self.kid).then(|| self.key.clone()))
    }
}
