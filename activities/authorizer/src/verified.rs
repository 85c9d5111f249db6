//! Signatures that were found right a moment ago.
//!
//! A program shows the same token with each of its requests, and a signature costs more than all else that is looked at. What
//! is kept is that the signature is right, never that the token is taken: its times and claims are held against the rules at
//! each request, and its key must still be one of the issuer's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::seal::Hash;
use crate::verifier::Signed;

/// How long a signature is not looked at again. An issuer that publishes another key under the same id is believed after it.
const KEPT: SignedDuration = SignedDuration::from_mins(1);
/// How many tokens are known. More are verified each time, until those that are known are old.
const TOKENS: usize = 4_096;

/// Tokens whose signature is right, by their hash: a token itself is a secret, and is not kept.
#[derive(Default)]
pub(crate) struct Verified {
    tokens: Mutex<HashMap<Hash, (Arc<Signed>, Timestamp)>>,
}

impl Verified {
    /// What a token says whose signature has been looked at within the last minute.
    pub(crate) fn known(&self, token: Hash, now: Timestamp) -> Option<Arc<Signed>> {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let (signed, at) = tokens.get(&token)?;
        is_fresh(*at, now).then(|| Arc::clone(signed))
    }

    /// Keeps what a token says whose signature is right.
    pub(crate) fn keep(&self, token: Hash, signed: Signed, now: Timestamp) -> Arc<Signed> {
        let signed = Arc::new(signed);
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() >= TOKENS {
            tokens.retain(|_, (_, at)| is_fresh(*at, now));
        }
        if tokens.len() < TOKENS {
            tokens.insert(token, (Arc::clone(&signed), now));
        }
        signed
    }
}

/// A clock that was set back makes nothing young again.
fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    (SignedDuration::ZERO..KEPT).contains(&now.duration_since(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::Claims;
    use crate::seal::hash;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn signed() -> Signed {
        Signed {
            typ: None,
            claims: Claims::default(),
        }
    }

    #[test]
    fn a_signature_is_known_for_a_minute_and_not_before_it_was_seen() {
        let verified = Verified::default();
        let token = hash("a.b.c");
        verified.keep(token, signed(), at(100));
        let known = |token, second| verified.known(token, at(second)).is_some();
        assert!(known(token, 100) && known(token, 159));
        assert!(!known(token, 160) && !known(token, 99));
        assert!(!known(hash("a.b.d"), 100));
    }

    #[test]
    fn no_more_are_kept_than_there_is_room_for_and_old_ones_make_room() {
        let verified = Verified::default();
        for number in 0..=TOKENS {
            verified.keep(hash(&number.to_string()), signed(), at(0));
        }
        let last = hash(&TOKENS.to_string());
        assert!(verified.known(last, at(0)).is_none());
        verified.keep(last, signed(), at(60));
        assert!(verified.known(last, at(60)).is_some());
        assert_eq!(verified.tokens.lock().unwrap().len(), 1);
    }
}
