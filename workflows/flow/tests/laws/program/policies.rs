//! How often calls are tried again.

use proptest::prelude::*;

/// How often an error is tried again, and how fast: without chance, so that every call has its time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Policy {
    pub(crate) times: u32,
    pub(crate) interval: u32,
    pub(crate) doubles: bool,
    pub(crate) longest: Option<u32>,
    pub(crate) separately: bool,
}

/// For `Declined`, `Locked` and `Busy`.
pub(crate) type Policies = [Option<Policy>; 3];

/// Few different ones, so that two errors often share a policy, and with it a count of attempts.
pub(crate) fn policies() -> impl Strategy<Value = Policies> {
    let longest = prop_oneof![Just(None), Just(Some(3_u32))];
    let policy = (
        0..3_u32,
        1..3_u32,
        any::<bool>(),
        longest,
        proptest::bool::weighted(0.2),
    )
        .prop_map(|(times, interval, doubles, longest, separately)| Policy {
            times,
            interval,
            doubles,
            longest,
            separately,
        });
    let one = || proptest::option::of(policy.clone());
    let alike = one().prop_map(|policy| [policy; 3]);
    prop_oneof![alike, [one(), one(), one()]]
}
