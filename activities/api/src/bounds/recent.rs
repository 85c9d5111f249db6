//! What costs much to look up and may be a few seconds old.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

/// How old an answer may be.
const AGE: SignedDuration = SignedDuration::from_secs(5);

/// Answers of the last seconds by name. Whoever asks while one is looked up waits for it.
#[derive(Debug)]
pub(crate) struct Recent<T>(Mutex<BTreeMap<String, (Timestamp, T)>>);

impl<T: Clone> Recent<T> {
    /// The answer of this name; `look` is asked if there is none of the last seconds. Names are few.
    pub(crate) async fn get<E>(
        &self,
        name: &str,
        now: Timestamp,
        look: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let mut known = self.0.lock().await;
        let young = |at: Timestamp| (SignedDuration::ZERO..AGE).contains(&now.duration_since(at));
        if let Some((_, answer)) = known.get(name).filter(|(at, _)| young(*at)) {
            return Ok(answer.clone());
        }
        let answer = look.await?;
        known.insert(name.to_owned(), (now, answer.clone()));
        Ok(answer)
    }
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_is_given_again_for_five_seconds_and_a_failure_is_not() {
        let recent = Recent::default();
        let at = |ms| Timestamp::UNIX_EPOCH + SignedDuration::from_millis(ms);
        let get = async |name: &str, ms: i64, looked: Result<u32, ()>| recent.get(name, at(ms), async { looked }).await;
        assert_eq!(get("1h", 0, Err(())).await, Err(()));
        assert_eq!(get("1h", 0, Ok(1)).await, Ok(1));
        assert_eq!(get("1h", 4_999, Ok(2)).await, Ok(1));
        assert_eq!(get("7d", 4_999, Ok(3)).await, Ok(3));
        assert_eq!(get("1h", 5_000, Ok(4)).await, Ok(4));
        assert_eq!(get("1h", 0, Ok(5)).await, Ok(5), "the clock was set back");
    }
}
