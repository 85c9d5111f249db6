//! Holding tokens against keys and rules.

use std::sync::Arc;

use jiff::Timestamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header};

use crate::claims::Claims;
use crate::seal::hash;
use crate::verified::Verified;
use crate::{Access, KeySource, Refusal, Rules};

/// No token of ours comes near: Cognito's and Keycloak's largest are about 2 KiB.
const TOKEN_BYTES: usize = 8 * 1024;

/// An issuer whose tokens are taken.
#[derive(Clone)]
pub struct Trusted {
    /// What its tokens must say.
    pub rules: Rules,
    /// Its keys.
    pub keys: Arc<dyn KeySource>,
    verified: Arc<Verified>,
}

/// Verifies tokens. The machine's own issuer is known by its key's id; every other token is held against the other one.
#[derive(Clone, Default)]
pub struct Verifier {
    /// The machine's own issuer.
    pub own: Option<Trusted>,
    /// The issuer that was set.
    pub issuer: Option<Trusted>,
}

/// What a token says whose signature is right.
pub(crate) struct Signed {
    pub(crate) typ: Option<String>,
    pub(crate) claims: Claims,
}

impl Verifier {
    /// What an access token says.
    pub async fn access(&self, token: &str, now: Timestamp) -> Result<Access, Refusal> {
        let header = header(token)?;
        let mut unavailable = false;
        for trusted in [&self.own, &self.issuer].into_iter().flatten() {
            match trusted.signed(token, &header, now).await {
                Ok(signed) => return trusted.rules.access(signed.typ.as_deref(), &signed.claims, now),
                Err(Refusal::UnknownKey) => {}
                Err(Refusal::Unavailable) => unavailable = true,
                Err(refusal) => return Err(refusal),
            }
        }
        Err(if unavailable {
            Refusal::Unavailable
        } else {
            Refusal::UnknownKey
        })
    }
}

impl Trusted {
    /// An issuer by what its tokens must say and by its keys.
    pub fn new(rules: Rules, keys: Arc<dyn KeySource>) -> Self {
        Self {
            rules,
            keys,
            verified: Arc::default(),
        }
    }

    /// Checks the signature alone.
    pub(crate) async fn signed(&self, token: &str, header: &Header, now: Timestamp) -> Result<Arc<Signed>, Refusal> {
        let kid = header.kid.as_deref().ok_or(Refusal::UnknownKey)?;
        let key = self.keys.key(kid, now).await.map_err(|_| Refusal::Unavailable)?;
        let key = key.ok_or(Refusal::UnknownKey)?;
        let hash = hash(token);
        if let Some(signed) = self.verified.known(hash, now) {
            return Ok(signed);
        }
        let mut validation = Validation::new(key.algorithm);
        // The rules look at the claims, by the clock they are given; the library looks at the signature.
        validation.required_spec_claims.clear();
        (
            validation.validate_exp,
            validation.validate_nbf,
            validation.validate_aud,
        ) = (false, false, false);
        let token = decode::<Claims>(token, &key.key, &validation).map_err(|error| match error.kind() {
            ErrorKind::InvalidSignature => Refusal::Signature,
            ErrorKind::InvalidAlgorithm => Refusal::Algorithm,
            _ => Refusal::Malformed,
        })?;
        let signed = Signed {
            typ: token.header.typ,
            claims: token.claims,
        };
        Ok(self.verified.keep(hash, signed, now))
    }
}

/// The header of a token that may be looked at: signed in a way that is taken, and asking for nothing that is not understood.
pub(crate) fn header(token: &str) -> Result<Header, Refusal> {
    if token.len() > TOKEN_BYTES {
        return Err(Refusal::Malformed);
    }
    let header = decode_header(token).map_err(|error| match error.kind() {
        // An algorithm that the library does not know, `none` among them, is a value that it cannot read.
        ErrorKind::Json(_) if token.split('.').count() == 3 => Refusal::Algorithm,
        _ => Refusal::Malformed,
    })?;
    if !matches!(header.alg, Algorithm::RS256 | Algorithm::ES256) {
        return Err(Refusal::Algorithm);
    }
    // Source: RFC 7515, section 4.1.11.
    if header.crit.is_some() {
        return Err(Refusal::Malformed);
    }
    Ok(header)
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let issuers = [&self.own, &self.issuer].into_iter().flatten();
        f.debug_list()
            .entries(issuers.map(|trusted| &trusted.rules.issuer))
            .finish()
    }
}
