//! The breaker's specification once more, in counts and milliseconds, and without the automaton that it judges.

use crate::breaker::{Breaker, Observation, Permit, Probe};
use jiff::Timestamp;

const WINDOW: i64 = 60_000;
const OPEN: i64 = 30_000;
const LEASE: i64 = 30_000;

/// How a breaker ought to stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    failed: Vec<i64>,
    open_until: Option<i64>,
    /// How many probes in a row succeeded, while it is half open.
    half_open: Option<u32>,
    /// When the service was last reached, or failed for the first time, while it is not closed.
    since: i64,
    /// The probe's ticket, and when its lease ends.
    lease: Option<(u64, i64)>,
}

impl Model {
    /// Takes an observation, and says what ought to be answered to it.
    pub(super) fn put(&mut self, observed: Observation, now: i64) -> Permit {
        match observed {
            Observation::Asked { ticket } => return self.ask(ticket, now),
            Observation::Reset => *self = Self::default(),
            Observation::Failed { .. } if self.is_closed() => self.fail(now),
            Observation::Failed { ticket } if self.holds(ticket) => self.open(now, self.since),
            Observation::Succeeded { ticket } if self.holds(ticket) => self.succeed(now),
            Observation::Undecided { ticket } if self.holds(ticket) => self.lease = None,
            _ => {}
        }
        Permit::Granted { ticket: None }
    }

    fn ask(&mut self, ticket: u64, now: i64) -> Permit {
        if self.is_closed() {
            return Permit::Granted { ticket: None };
        }
        let wait = self.open_until.or(self.lease.map(|(_, until)| until));
        if let Some(until) = wait.filter(|until| now < *until) {
            return Permit::Refused { until: time(until) };
        }
        self.open_until = None;
        self.half_open.get_or_insert(0);
        self.lease = Some((ticket, now + LEASE));
        Permit::Granted { ticket: Some(ticket) }
    }

    fn fail(&mut self, now: i64) {
        self.failed.retain(|at| now - at < WINDOW);
        self.failed.push(now);
        if self.failed.len() == 5 {
            self.open(now, now);
        }
    }

    fn open(&mut self, now: i64, since: i64) {
        *self = Self {
            open_until: Some(now + OPEN),
            since,
            ..Self::default()
        };
    }

    fn succeed(&mut self, now: i64) {
        (self.lease, self.since) = (None, now);
        self.half_open = self.half_open.map(|successes| successes + 1);
        if self.half_open == Some(2) {
            *self = Self::default();
        }
    }

    fn is_closed(&self) -> bool {
        self.open_until.is_none() && self.half_open.is_none()
    }

    fn holds(&self, ticket: Option<u64>) -> bool {
        ticket.is_some() && self.lease.map(|(held, _)| held) == ticket
    }

    /// The item that ought to be in the table.
    pub(super) fn shown(&self) -> Breaker {
        match (self.open_until, self.half_open) {
            (Some(until), _) => Breaker::Open {
                until: time(until),
                since: time(self.since),
            },
            (None, Some(successes)) => Breaker::HalfOpen {
                successes,
                probe: self.lease.map(|(ticket, until)| Probe {
                    ticket,
                    until: time(until),
                }),
                since: time(self.since),
            },
            (None, None) => Breaker::Closed {
                failures: self.failed.iter().copied().map(time).collect(),
            },
        }
    }
}

fn time(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap()
}
