//! What a token of an issuer must say.

use jiff::Timestamp;

use crate::claims::Claims;
use crate::seal::same;
use crate::{Refusal, Right, Rights};

/// By how many seconds two clocks may differ.
const LEEWAY: f64 = 60.0;
/// The longest subject in bytes: the bound of `contracts::limits::LABEL_BYTES`.
const SUBJECT_BYTES: usize = 256;
/// With what the subjects of the machine's own issuer begin, and no others': two issuers never name the same owner.
pub(crate) const OWN_SUBJECTS: &str = "local:";

/// What the tokens of one issuer must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// `iss`, to the letter.
    pub issuer: String,
    /// The client for which tokens are made: `client_id`, or `azp`, unless an audience is asked for.
    pub client_id: String,
    /// What `aud` must contain; `None` for issuers whose access tokens have no `aud`, as Cognito's.
    pub audience: Option<String>,
    /// Whether every token must say `token_use`, as Cognito's do.
    pub says_its_use: bool,
    /// The resource server before the scopes, as in `rez/messages:read`: other resource servers' scopes give nothing.
    pub resource: String,
    /// Whether this is the machine's own issuer.
    pub own: bool,
}

/// What an access token says of its bearer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Who.
    pub subject: String,
    /// What they may do.
    pub rights: Rights,
    /// When it ends, in seconds since 1970.
    pub until: i64,
}

impl Rules {
    /// Holds an access token against the rules.
    pub(crate) fn access(&self, typ: Option<&str>, claims: &Claims, now: Timestamp) -> Result<Access, Refusal> {
        self.said_now(claims, now)?;
        self.is_access(typ, claims)?;
        self.is_ours(claims)?;
        Ok(Access {
            subject: self.subject(claims)?,
            rights: self.rights(claims),
            until: until(claims),
        })
    }

    /// Holds the id token of a sign-in against the rules; its subject.
    ///
    /// Source: OpenID Connect Core 1.0, section 3.1.3.7.
    pub(crate) fn identity(&self, claims: &Claims, nonce: Option<&str>, now: Timestamp) -> Result<String, Refusal> {
        self.said_now(claims, now)?;
        if claims.token_use.as_deref().is_some_and(|used| used != "id") {
            return Err(Refusal::NotAccess);
        }
        let for_others = claims.aud.len() > 1 && claims.azp.is_none();
        let by_others = claims.azp.as_ref().is_some_and(|azp| *azp != self.client_id);
        if !claims.aud.contains(&self.client_id) || for_others || by_others {
            return Err(Refusal::Audience);
        }
        let expected = nonce.is_none_or(|nonce| claims.nonce.as_deref().is_some_and(|said| same(said, nonce)));
        if expected {
            self.subject(claims)
        } else {
            Err(Refusal::Nonce)
        }
    }

    /// Issuer and times.
    pub(crate) fn said_now(&self, claims: &Claims, now: Timestamp) -> Result<(), Refusal> {
        #[expect(clippy::cast_precision_loss, reason = "seconds are compared with a minute's leeway")]
        let now = now.as_second() as f64;
        if claims.iss.as_deref() != Some(&self.issuer) {
            return Err(Refusal::Issuer);
        }
        // NaN compares as false: each comparison is written so that false refuses.
        if !claims.exp.is_some_and(|exp| now < exp + LEEWAY) {
            return Err(Refusal::Expired);
        }
        if !claims.nbf.is_none_or(|nbf| nbf <= now + LEEWAY) {
            return Err(Refusal::NotYet);
        }
        Ok(())
    }

    /// An id token is signed with the same key and names the same person. Something must say that this is none: its use,
    /// its type (RFC 9068, section 2.1; Keycloak writes a claim `typ`), or an audience that is an API and not the client.
    fn is_access(&self, typ: Option<&str>, claims: &Claims) -> Result<(), Refusal> {
        let of_api = self
            .audience
            .as_ref()
            .is_some_and(|audience| *audience != self.client_id);
        let typ = typ.map(|typ| typ.trim_start_matches("application/").to_ascii_lowercase());
        let access = match (&claims.token_use, typ.as_deref(), claims.typ.as_deref()) {
            (Some(used), ..) => used == "access",
            (None, ..) if self.says_its_use => false,
            (None, Some("at+jwt"), _) | (None, _, Some("Bearer")) => true,
            (None, _, Some("ID")) => false,
            (None, ..) => of_api && claims.nonce.is_none(),
        };
        if access { Ok(()) } else { Err(Refusal::NotAccess) }
    }

    fn is_ours(&self, claims: &Claims) -> Result<(), Refusal> {
        let ours = match &self.audience {
            Some(audience) => claims.aud.contains(audience),
            None => claims.client_id.as_ref().or(claims.azp.as_ref()) == Some(&self.client_id),
        };
        if ours { Ok(()) } else { Err(Refusal::Audience) }
    }

    /// The subject, which will own messages and stand in logs.
    pub(crate) fn subject(&self, claims: &Claims) -> Result<String, Refusal> {
        let subject = claims.sub.as_deref().ok_or(Refusal::Subject)?;
        let usable = (1..=SUBJECT_BYTES).contains(&subject.len())
            && !subject.chars().any(char::is_control)
            && subject.starts_with(OWN_SUBJECTS) == self.own;
        usable.then(|| subject.to_owned()).ok_or(Refusal::Subject)
    }

    fn rights(&self, claims: &Claims) -> Rights {
        let scopes = claims.scopes().filter_map(|scope| match scope.rsplit_once('/') {
            Some((resource, name)) if resource == self.resource => Right::named(name),
            Some(_) => None,
            None => Right::named(scope),
        });
        let groups = claims.groups().filter_map(Right::named);
        scopes.chain(groups).collect()
    }
}

/// `exp` in whole seconds; an absurd one is as far away as times go.
#[expect(clippy::cast_possible_truncation, reason = "a cast to an integer saturates")]
fn until(claims: &Claims) -> i64 {
    claims.exp.unwrap_or_default() as i64
}
