//! One-time sign-in links.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::seal::{self, Hash, hash};

/// How many may wait to be used; the oldest goes when there are more.
const WAITING: usize = 64;
/// How long one waits to be used.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// The codes of sign-in links that have not been used. They are kept in memory alone, as hashes: a restart forgets them.
#[derive(Debug, Default)]
pub struct SignInLinks(Mutex<BTreeMap<Hash, Timestamp>>);

impl SignInLinks {
    /// Makes a code: whoever shows it first within a day is signed in.
    pub fn make(&self, now: Timestamp) -> SecretString {
        let code = seal::unguessable();
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, until| now < *until);
        if waiting.len() >= WAITING {
            let oldest = waiting.iter().min_by_key(|(_, until)| **until).map(|(hash, _)| *hash);
            oldest.and_then(|hash| waiting.remove(&hash));
        }
        waiting.insert(hash(&code), now.saturating_add(LIFETIME).unwrap_or(now));
        code.into()
    }

    /// Takes a code: `true` once.
    pub fn take(&self, code: &str, now: Timestamp) -> bool {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(&hash(code)).is_some_and(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    #[test]
    fn a_code_is_taken_once_and_within_a_day() {
        let links = SignInLinks::default();
        let code = links.make(at(0));
        assert!(!links.take("another", at(1)));
        assert!(links.take(code.expose_secret(), at(1)));
        assert!(!links.take(code.expose_secret(), at(1)));
        assert!(!links.take(links.make(at(0)).expose_secret(), at(24)));
    }

    #[test]
    fn not_more_than_a_few_wait() {
        let links = SignInLinks::default();
        let codes: Vec<_> = (0..=WAITING)
            .map(|hour| links.make(at(0) + SignedDuration::from_secs(i64::try_from(hour).unwrap())))
            .collect();
        assert!(!links.take(codes[0].expose_secret(), at(1)));
        assert!(codes[1..].iter().all(|code| links.take(code.expose_secret(), at(1))));
    }
}
