//! Renewing each session once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tracing::Instrument as _;

use super::{Refresh, SignInError, SignedIn};
use crate::seal::{Hash, hash};

/// How long an answer is given again.
const REMEMBERED: SignedDuration = SignedDuration::from_secs(60);
/// How many are remembered; beyond them each request asks by itself.
const MOST: usize = 1_024;

type Answer = Arc<tokio::sync::Mutex<Option<Result<SignedIn, SignInError>>>>;

/// The renewals of the last minute, by the hash of their refresh tokens.
#[derive(Debug, Default)]
pub(super) struct Renewals(Mutex<BTreeMap<Hash, (Timestamp, Answer)>>);

impl Renewals {
    /// The answer for this token; `renew` is asked for it once.
    ///
    /// It goes on when whoever asked has left: the issuer may have spent the old token by then, and the answer with the new one
    /// waits here for a browser that comes back.
    pub(super) async fn once(
        &self,
        token: &str,
        now: Timestamp,
        renew: impl Future<Output = Result<SignedIn, SignInError>> + Send + 'static,
    ) -> Result<SignedIn, SignInError> {
        let answer = self.answer(token, now);
        let asked = async move {
            let mut answer = answer.lock_owned().await;
            match &*answer {
                // An issuer that was away is asked again.
                None | Some(Err(SignInError::Away)) => answer.insert(renew.await).clone(),
                Some(known) => known.clone(),
            }
        };
        // It is not joined when the process ends: nobody knows then what the issuer has done.
        let asked = tokio::spawn(asked.in_current_span()).await;
        asked.unwrap_or(Err(SignInError::Away))
    }

    /// What renews a session now: the newest refresh token that came of this one, as far as it is remembered. A renewal that is
    /// under way is waited for.
    pub(super) async fn newest(&self, refresh: &Refresh) -> Refresh {
        let mut newest = refresh.clone();
        // Each of them was made within the last minute: so many are not, and a circle is none.
        for _ in 0..MOST {
            let Some(answer) = self.remembered(&newest.token) else {
                break;
            };
            let renewed = match &*answer.lock().await {
                Some(Ok(signed_in)) => signed_in.refresh.clone(),
                _ => None,
            };
            match renewed {
                Some(renewed) if renewed.token != newest.token => newest = renewed,
                _ => break,
            }
        }
        newest
    }

    fn remembered(&self, token: &str) -> Option<Answer> {
        let remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.get(&hash(token)).map(|(_, answer)| Arc::clone(answer))
    }

    fn answer(&self, token: &str, now: Timestamp) -> Answer {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.retain(|_, (at, _)| now.duration_since(*at) < REMEMBERED);
        let hash = hash(token);
        if let Some((_, answer)) = remembered.get(&hash) {
            return Arc::clone(answer);
        }
        let answer = Answer::default();
        if remembered.len() < MOST {
            remembered.insert(hash, (now, Arc::clone(&answer)));
        }
        answer
    }
}
