//! Keys that signatures are held against.

use async_trait::async_trait;
use jiff::Timestamp;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};

/// A public key, with the one algorithm it is used with: the token has no say in that.
#[derive(Clone, Debug)]
pub struct Key {
    pub(crate) algorithm: Algorithm,
    pub(crate) key: DecodingKey,
}

/// Nobody knows the issuer's keys, and the issuer does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeysUnavailable;

/// Where an issuer's keys come from.
#[async_trait]
pub trait KeySource: Send + Sync {
    /// The key of this id; `None` if the issuer has none of it.
    async fn key(&self, kid: &str, now: Timestamp) -> Result<Option<Key>, KeysUnavailable>;
}

impl Key {
    /// A published key; `None` for those that sign nothing that is taken: symmetric ones, other curves, keys for encryption.
    pub(crate) fn published(jwk: &Jwk) -> Option<Self> {
        if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
            return None;
        }
        let algorithm = match (&jwk.algorithm, jwk.common.key_algorithm) {
            (AlgorithmParameters::RSA(_), None | Some(KeyAlgorithm::RS256)) => Algorithm::RS256,
            (AlgorithmParameters::EllipticCurve(key), None | Some(KeyAlgorithm::ES256))
                if key.curve == EllipticCurve::P256 =>
            {
                Algorithm::ES256
            }
            _ => return None,
        };
        let key = DecodingKey::from_jwk(jwk).ok()?;
        Some(Self { algorithm, key })
    }
}
