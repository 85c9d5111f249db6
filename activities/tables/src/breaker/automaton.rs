//! The breaker's automaton, without clock and store.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a breaker stands. In the table and in answers, `state` is `CLOSED`, `OPEN` or `HALF_OPEN`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Breaker {
    /// Everything passes; failures of the window are remembered.
    Closed {
        /// When the service failed, oldest first; at most as many as open the breaker.
        failures: Vec<Timestamp>,
    },
    /// Nothing passes.
    Open {
        /// When a probe may pass.
        until: Timestamp,
        /// Since when the service has not been reached: when the breaker opened, or when a probe last succeeded. The
        /// beginning of time where an item of an earlier version does not say it.
        #[serde(default)]
        since: Timestamp,
    },
    /// One probe at a time passes.
    HalfOpen {
        /// How many probes have succeeded, one after the other.
        successes: u32,
        /// The probe that is under way.
        probe: Option<Probe>,
        /// As while it was open.
        #[serde(default)]
        since: Timestamp,
    },
}

/// A lease: whoever holds it may try the service. It ends by its report, or by itself if its holder is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Probe {
    /// The number of the write that took it; no two leases have the same.
    pub ticket: u64,
    /// When it ends by itself.
    pub until: Timestamp,
}

/// When a breaker changes. The defaults are the design's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// So many failures …
    pub failures: usize,
    /// … within this time open it.
    pub window: SignedDuration,
    /// How long it stays open.
    pub open: SignedDuration,
    /// So many successes, one after the other, close it.
    pub successes: u32,
    /// How long a probe may take: longer than a delivery can.
    pub lease: SignedDuration,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            failures: 5,
            window: SignedDuration::from_secs(60),
            open: SignedDuration::from_secs(30),
            successes: 2,
            lease: SignedDuration::from_secs(30),
        }
    }
}

/// What is put to a breaker. A `ticket` is that of the [`Permit`] under which the service was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation {
    /// May the service be called? A probe would get this ticket.
    Asked {
        /// The ticket.
        ticket: u64,
    },
    /// The service did its work.
    Succeeded {
        /// The caller's ticket.
        ticket: Option<u64>,
    },
    /// The service failed.
    Failed {
        /// The caller's ticket.
        ticket: Option<u64>,
    },
    /// The call says nothing of the service's health: it was refused, or never made.
    Undecided {
        /// The caller's ticket.
        ticket: Option<u64>,
    },
    /// A person wants it closed.
    Reset,
}

/// Whether the service may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// Yes; with a ticket if it is a probe, which must be reported.
    Granted {
        /// The probe's ticket.
        ticket: Option<u64>,
    },
    /// Not before this time.
    Refused {
        /// The earliest time at which it is worth asking again.
        until: Timestamp,
    },
}

/// What an observation leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How the breaker stands afterwards; `None`: as before, nothing has to be written.
    pub next: Option<Breaker>,
    /// The answer to [`Observation::Asked`]; to a report it is always granted.
    pub permit: Permit,
}

/// The automaton: the first row that fits.
///
/// | standing | observation | afterwards |
/// |---|---|---|
/// | any | reset | CLOSED, no failures |
/// | CLOSED | asked | passes |
/// | CLOSED | failed, the last one within the window | OPEN |
/// | CLOSED | failed | CLOSED, one failure more |
/// | OPEN | asked before its time | refused |
/// | OPEN | asked | HALF_OPEN, passes as a probe |
/// | HALF_OPEN, a probe is under way | asked | refused |
/// | HALF_OPEN | asked | passes as a probe |
/// | HALF_OPEN | its probe succeeded, the last one needed | CLOSED, no failures |
/// | HALF_OPEN | its probe succeeded | HALF_OPEN, one success more |
/// | HALF_OPEN | its probe failed | OPEN |
/// | HALF_OPEN | its probe says nothing | HALF_OPEN, free for the next |
/// | any | any other report: it is late, or of no probe | as before |
pub fn transition(breaker: &Breaker, observation: Observation, now: Timestamp, limits: &Thresholds) -> Step {
    use Breaker::{Closed, HalfOpen, Open};
    use Observation::{Asked, Failed, Reset, Succeeded, Undecided};
    match (breaker, observation) {
        (_, Reset) => becomes(Closed { failures: Vec::new() }),
        (Closed { failures }, Failed { .. }) => becomes(failed(failures, now, limits)),
        (Open { until, .. }, Asked { .. }) if now < *until => refused(*until),
        (HalfOpen { probe: Some(probe), .. }, Asked { .. }) if now < probe.until => refused(probe.until),
        (Open { since, .. }, Asked { ticket }) => probes(0, *since, ticket, now, limits),
        (HalfOpen { successes, since, .. }, Asked { ticket }) => probes(*successes, *since, ticket, now, limits),
        (
            HalfOpen {
                successes,
                probe: Some(probe),
                since,
            },
            report,
        ) if ticket(report) == Some(probe.ticket) => match report {
            Succeeded { .. } if successes + 1 >= limits.successes => becomes(Closed { failures: Vec::new() }),
            Succeeded { .. } => becomes(HalfOpen {
                successes: successes + 1,
                probe: None,
                since: now,
            }),
            Failed { .. } => becomes(Open {
                until: now + limits.open,
                since: *since,
            }),
            _ => becomes(HalfOpen {
                successes: *successes,
                probe: None,
                since: *since,
            }),
        },
        (Closed { .. }, Asked { .. }) | (_, Succeeded { .. } | Failed { .. } | Undecided { .. }) => stays(),
    }
}

fn failed(earlier: &[Timestamp], now: Timestamp, limits: &Thresholds) -> Breaker {
    let within = |at: &&Timestamp| now.duration_since(**at) < limits.window;
    let failures: Vec<_> = earlier.iter().filter(within).copied().chain([now]).collect();
    if failures.len() >= limits.failures {
        Breaker::Open {
            until: now + limits.open,
            since: now,
        }
    } else {
        Breaker::Closed { failures }
    }
}

fn probes(successes: u32, since: Timestamp, ticket: u64, now: Timestamp, limits: &Thresholds) -> Step {
    let probe = Some(Probe {
        ticket,
        until: now + limits.lease,
    });
    Step {
        next: Some(Breaker::HalfOpen {
            successes,
            probe,
            since,
        }),
        permit: Permit::Granted { ticket: Some(ticket) },
    }
}

fn ticket(observation: Observation) -> Option<u64> {
    use Observation::{Asked, Failed, Reset, Succeeded, Undecided};
    match observation {
        Succeeded { ticket } | Failed { ticket } | Undecided { ticket } => ticket,
        Asked { .. } | Reset => None,
    }
}

const fn becomes(next: Breaker) -> Step {
    Step {
        next: Some(next),
        permit: Permit::Granted { ticket: None },
    }
}

const fn stays() -> Step {
    Step {
        next: None,
        permit: Permit::Granted { ticket: None },
    }
}

const fn refused(until: Timestamp) -> Step {
    Step {
        next: None,
        permit: Permit::Refused { until },
    }
}

impl Breaker {
    /// The word for it in the table, in answers and on pages.
    pub const fn state(&self) -> &'static str {
        match self {
            Self::Closed { .. } => "CLOSED",
            Self::Open { .. } => "OPEN",
            Self::HalfOpen { .. } => "HALF_OPEN",
        }
    }

    /// Since when the service has not been reached; `None` while it is closed.
    pub const fn since(&self) -> Option<Timestamp> {
        match self {
            Self::Closed { .. } => None,
            Self::Open { since, .. } | Self::HalfOpen { since, .. } => Some(*since),
        }
    }
}

/// Closed, and nothing has failed yet.
impl Default for Breaker {
    fn default() -> Self {
        Self::Closed { failures: Vec::new() }
    }
}

#[cfg(test)]
mod tests;
