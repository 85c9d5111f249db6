//! Sessions: what a browser shows instead of a token.
//!
//! A session is a sealed cookie, on one machine and on Lambda alike: no table is read for it, it survives a restart, and
//! there is one way to get it wrong instead of two. What that costs: a stolen cookie lives until the session ends, which is
//! never later than the access token that it stands for.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Access, Caller, CameBy, Refusal, Right, Seal, seal};

/// Somebody who has signed in with a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its id, which cannot be guessed; it stays the same while the session is renewed.
    pub id: String,
    /// Who.
    pub subject: String,
    /// The names of their rights, as a scope.
    pub scope: String,
    /// When they signed in, in seconds since 1970.
    pub since: i64,
    /// When it ends, in seconds since 1970.
    pub until: i64,
}

/// What a form of a session must send along: another site can make a browser send the cookie, and does not know this.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CsrfToken(pub String);

impl Session {
    /// A new one, as long as an access token lets it be.
    pub fn new(access: Access, now: Timestamp) -> Self {
        Self {
            id: seal::unguessable(),
            subject: access.subject,
            scope: access.rights.to_string(),
            since: now.as_second(),
            until: access.until,
        }
    }

    /// Refuses a session that has ended.
    pub(crate) fn lives(self, now: Timestamp) -> Result<Self, Refusal> {
        if now.as_second() < self.until {
            Ok(self)
        } else {
            Err(Refusal::SessionOver)
        }
    }

    /// Whose it is.
    pub fn caller(&self) -> Caller {
        Caller {
            subject: self.subject.clone(),
            rights: self.scope.split(' ').filter_map(Right::named).collect(),
            came_by: CameBy::Session,
        }
    }

    /// What its forms must send.
    pub fn csrf_token(&self, seal: &Seal) -> CsrfToken {
        CsrfToken(seal.code(&format!("csrf {}", self.id)))
    }
}

impl CsrfToken {
    /// Whether a form has sent it.
    pub fn is(&self, sent: &str) -> bool {
        !self.0.is_empty() && seal::same(&self.0, sent)
    }
}
