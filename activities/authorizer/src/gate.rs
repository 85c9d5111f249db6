//! Letting people in: from what a request carries to who asks.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::{Caller, CameBy, Purpose, Refusal, Seal, Session, Verifier};

/// How many sessions are remembered that were signed out of before their time.
const SIGNED_OUT: usize = 10_000;

/// Lets people in.
#[derive(Debug)]
pub struct Gate {
    /// What tokens are held against.
    pub verifier: Verifier,
    /// What sessions are sealed with.
    pub seal: Seal,
    /// Ids of sessions that were signed out of, with the time at which they end anyway.
    signed_out: Mutex<BTreeMap<String, i64>>,
}

impl Gate {
    /// A gate that nobody has signed out at.
    pub fn new(verifier: Verifier, seal: Seal) -> Self {
        Self {
            verifier,
            seal,
            signed_out: Mutex::default(),
        }
    }

    /// Who shows this access token.
    pub async fn caller(&self, token: &str, now: Timestamp) -> Result<Caller, Refusal> {
        let access = self.verifier.access(token, now).await?;
        Ok(Caller {
            subject: access.subject,
            rights: access.rights,
            came_by: CameBy::Token,
        })
    }

    /// The session of a cookie.
    pub fn session(&self, cookie: &str, now: Timestamp) -> Result<Session, Refusal> {
        let session: Session = self.seal.open(Purpose::Session, cookie).ok_or(Refusal::Forged)?;
        let session = session.lives(now)?;
        if self.has_ended(&session) {
            return Err(Refusal::SessionOver);
        }
        Ok(session)
    }

    /// Whether somebody has signed out of a session.
    pub fn has_ended(&self, session: &Session) -> bool {
        let signed_out = self.signed_out.lock().unwrap_or_else(PoisonError::into_inner);
        signed_out.contains_key(&session.id)
    }

    /// Ends a session before its time, as far as this process is asked; `until` is when it ends anyway.
    pub fn sign_out(&self, session: &Session, until: i64, now: Timestamp) {
        let mut signed_out = self.signed_out.lock().unwrap_or_else(PoisonError::into_inner);
        signed_out.retain(|_, until| now.as_second() < *until);
        if signed_out.len() < SIGNED_OUT {
            signed_out.insert(session.id.clone(), until);
        } else {
            tracing::warn!("more sessions were signed out of than are remembered; this one ends with its time");
        }
    }
}
