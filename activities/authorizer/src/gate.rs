//! Letting people in: from what a request carries to who asks.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::{Caller, CameBy, Purpose, Refusal, Seal, Session, Verifier};

/// Of how many people it is remembered that they have signed out before their session's time.
const PEOPLE: usize = 10_000;
/// How many sessions of one of them are told apart. Beyond that all are over that they had: nobody's sign-outs crowd out
/// others', and none is forgotten.
const SESSIONS: usize = 64;

/// Lets people in.
#[derive(Debug)]
pub struct Gate {
    /// What tokens are held against.
    pub verifier: Verifier,
    /// What sessions are sealed with.
    pub seal: Seal,
    /// By subject.
    signed_out: Mutex<BTreeMap<String, SignedOut>>,
}

/// What of one person's sessions is over before its time. All times are seconds since 1970.
#[derive(Debug, Default)]
struct SignedOut {
    /// Ids, with the time at which each session ends anyway.
    sessions: BTreeMap<String, i64>,
    /// Every session that began then or earlier.
    begun_until: Option<i64>,
    /// When nothing of this needs to be known any more.
    until: i64,
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
        signed_out.get(&session.subject).is_some_and(|theirs| {
            theirs.sessions.contains_key(&session.id) || theirs.begun_until.is_some_and(|begun| session.since <= begun)
        })
    }

    /// Ends a session before its time, as far as this process is asked; `until` is when it ends anyway.
    pub fn sign_out(&self, session: &Session, until: i64, now: Timestamp) {
        let now = now.as_second();
        let mut signed_out = self.signed_out.lock().unwrap_or_else(PoisonError::into_inner);
        signed_out.retain(|_, theirs| now < theirs.until);
        if signed_out.len() >= PEOPLE && !signed_out.contains_key(&session.subject) {
            tracing::warn!("more people have signed out than are remembered; this session ends with its time");
            return;
        }
        signed_out
            .entry(session.subject.clone())
            .or_default()
            .add(session, until, now);
    }
}

impl SignedOut {
    fn add(&mut self, session: &Session, until: i64, now: i64) {
        self.sessions.retain(|_, until| now < *until);
        self.until = self.until.max(until);
        if self.sessions.len() >= SESSIONS {
            self.begun_until = Some(now);
            self.sessions.clear();
        }
        self.sessions.insert(session.id.clone(), until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Access, Right};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn session(subject: &str, since: i64) -> Session {
        let access = Access {
            subject: subject.to_owned(),
            rights: [Right::Read].into_iter().collect(),
            until: 1_000_000,
        };
        Session::new(access, at(since))
    }

    #[test]
    fn one_persons_sign_outs_are_bounded_and_crowd_out_nobodys() {
        let gate = Gate::new(Verifier::default(), Seal::new(&[7; 32]).unwrap());
        let others = session("bob", 0);
        gate.sign_out(&others, 1_000_000, at(0));
        let (first, kept) = (session("ada", 1), session("ada", 2));
        gate.sign_out(&first, 1_000_000, at(2));
        assert!(!gate.has_ended(&kept));
        for second in 10..500 {
            gate.sign_out(&session("ada", second), 1_000_000, at(second));
        }
        assert!(gate.has_ended(&first) && gate.has_ended(&others));
        assert!(gate.has_ended(&kept), "all that she had is over");
        let new = session("ada", 500);
        assert!(!gate.has_ended(&new));
        let signed_out = gate.signed_out.lock().unwrap();
        assert!(signed_out["ada"].sessions.len() <= SESSIONS);
        drop(signed_out);
        gate.sign_out(&session("eve", 0), 2_000_000, at(1_000_000));
        assert_eq!(
            gate.signed_out.lock().unwrap().len(),
            1,
            "what has ended anyway is forgotten"
        );
    }
}
