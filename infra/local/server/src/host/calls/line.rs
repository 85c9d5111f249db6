//! Lines, and the calls that wait in them.

use std::collections::VecDeque;
use std::time::Duration;

use engine::{Integration, TaskRequest};

use super::Key;

/// Where a call waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// The activities inside of this binary that ask nobody else: what they take is time of this machine's processors.
    Inside,
    /// The others inside of it, which wait for a server elsewhere.
    Linked,
    /// Lambda functions at the endpoint.
    Remote,
    /// What this server does itself: the queue, the topic, nested executions.
    Local,
    /// Activities that run as processes of this machine.
    Process,
    /// Other Lambda functions that do.
    OtherProcess,
}

/// How many calls of each line run at the same time. Lambda's default quota is 1,000 for an account. How many processes a
/// function has, its own bound says.
pub(super) const PLACES: [usize; 6] = [64, 64, 256, 256, 64, 256];

/// How many calls of [`Line::Inside`] run for each processor while executions are being accepted: enough to keep it busy, and
/// few enough that what is to be accepted does not wait for what has been.
const GIVING_WAY: usize = 4;

/// How many requests of waiting calls are kept in memory, and how long their parameters may be: 4 MiB in all.
const KEPT: (usize, usize) = (1_024, 4_096);

/// A call that begins now or later.
#[derive(Debug)]
pub(in crate::host) struct Turn {
    /// Names it.
    pub(in crate::host) key: Key,
    /// Whether the call may have been made before, by a process that ended.
    pub(in crate::host) repeated: bool,
    /// What is asked for. Where it is absent the journal has it.
    pub(in crate::host) request: Option<Box<TaskRequest>>,
}

/// The places of a line, and who waits for one.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) taken: usize,
    queue: VecDeque<Waiting>,
    /// How many of those who wait have their request with them.
    kept: usize,
}

#[derive(Debug)]
struct Waiting {
    turn: Turn,
    /// Since when, of a time that goes on evenly.
    since: Duration,
}

impl Line {
    /// How many of its calls may run.
    pub(super) fn most(self, processors: usize, gives_way: bool) -> usize {
        let all = PLACES[self as usize];
        match self {
            Self::Inside if gives_way => all.min(GIVING_WAY * processors),
            _ => all,
        }
    }
}

impl Places {
    /// Takes a place and gives the call back, or lets it wait if none of so many is free or others wait already.
    pub(super) fn enter(&mut self, mut turn: Turn, most: usize, now: Duration) -> Option<Turn> {
        if self.taken < most && self.queue.is_empty() {
            self.taken += 1;
            return Some(turn);
        }
        turn.request.take_if(|request| self.kept == KEPT.0 || !is_kept(request));
        self.kept += usize::from(turn.request.is_some());
        self.queue.push_back(Waiting { turn, since: now });
        None
    }

    /// The first who waits takes a place if one of so many is free; with it, for how long it has waited.
    pub(super) fn next(&mut self, most: usize, now: Duration) -> Option<(Turn, Duration)> {
        if self.taken >= most {
            return None;
        }
        let Waiting { turn, since } = self.queue.pop_front()?;
        self.taken += 1;
        self.kept -= usize::from(turn.request.is_some());
        Some((turn, now.saturating_sub(since)))
    }

    pub(super) fn waiting(&self) -> impl Iterator<Item = &Turn> {
        self.queue.iter().map(|waiting| &waiting.turn)
    }

    pub(super) fn clear(&mut self) {
        (self.kept, self.queue) = (0, VecDeque::new());
    }
}

/// Whether a request is kept while it waits. Where the task goes on after its call, its time has to begin anew in the journal,
/// which has the request as well.
fn is_kept(request: &TaskRequest) -> bool {
    let ends_with_its_call = matches!(request.integration, Integration::Lambda | Integration::RequestResponse);
    ends_with_its_call && request.parameters.len() <= KEPT.1
}

#[cfg(test)]
mod tests {
    use journal::ExecutionId;

    use super::super::tests::asked;
    use super::*;

    fn turn(number: i64, parameters: usize) -> Turn {
        let mut turn = asked(number);
        turn.request.as_mut().unwrap().parameters = " ".repeat(parameters);
        turn
    }

    #[test]
    fn requests_are_kept_as_far_as_memory_is_meant_for_them() {
        let mut places = Places::default();
        let at = Duration::from_secs(3);
        assert!(places.enter(turn(0, 0), 0, at).is_none());
        assert!(places.enter(turn(1, KEPT.1 + 1), 0, at).is_none());
        let mut waits = turn(2, 0);
        waits.request.as_mut().unwrap().integration = Integration::WaitForTaskToken;
        assert!(places.enter(waits, 0, at).is_none());
        for number in 3..2_000 {
            assert!(places.enter(turn(number, KEPT.1), 0, at).is_none());
        }
        let kept = |places: &Places| places.waiting().filter(|turn| turn.request.is_some()).count();
        assert_eq!(kept(&places), KEPT.0);
        let (first, waited) = places.next(1, Duration::from_secs(5)).unwrap();
        assert!(first.request.is_some() && first.key.0 == ExecutionId(0));
        assert_eq!(waited, Duration::from_secs(2));
        assert!(places.next(1, at).is_none(), "the place is taken");
        for (number, taken) in [(1, 2), (2, 3)] {
            let (turn, _) = places.next(taken, at).unwrap();
            assert!(turn.request.is_none() && turn.key.0 == ExecutionId(number));
        }
        places.enter(turn(2_000, 0), 3, at);
        assert_eq!(kept(&places), KEPT.0, "there was room for another");
    }

    #[test]
    fn what_is_inside_gives_way_to_those_who_wait_for_an_answer() {
        assert_eq!(Line::Inside.most(2, true), 8);
        assert_eq!(Line::Inside.most(2, false), 64);
        assert_eq!(Line::Inside.most(32, true), 64);
        assert_eq!(Line::Linked.most(2, true), 64);
    }

    #[test]
    fn a_backlog_takes_little_memory() {
        assert!(size_of::<Waiting>() + size_of::<Key>() <= 64);
    }
}
