//! So many at once for each caller.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::{Problem, ProblemKind};

type Taken = Arc<Mutex<HashMap<String, usize>>>;

/// Places of each caller.
#[derive(Debug)]
pub(crate) struct Places {
    most: usize,
    taken: Taken,
}

/// One of them, free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    subject: String,
    taken: Taken,
}

impl Places {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            taken: Taken::default(),
        }
    }

    /// A place, or why there is none; `what` names them in the plural.
    pub(crate) fn take(&self, subject: &str, what: &str) -> Result<Place, Problem> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(subject.to_owned()).or_default();
        if *count >= self.most {
            let detail = format!("you have {} {what} at once already: end one, or wait for it", self.most);
            return Err(Problem::new(ProblemKind::TooManyRequests, detail));
        }
        *count += 1;
        Ok(Place {
            subject: subject.to_owned(),
            taken: Arc::clone(&self.taken),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.subject) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.remove(&self.subject);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn a_place_is_free_again_when_it_is_left_and_nobody_is_remembered() {
        let places = Places::new(2);
        let first = places.take("ada", "streams").unwrap();
        let second = places.take("ada", "streams").unwrap();
        let refused = places.take("ada", "streams").unwrap_err();
        assert!(refused.detail.contains("2 streams"), "{refused:?}");
        let others = places.take("bob", "streams").unwrap();
        drop(first);
        let again = places.take("ada", "streams").unwrap();
        assert!(places.take("ada", "streams").is_err());
        drop((second, others, again));
        assert!(places.taken.lock().unwrap().is_empty());
    }
}
