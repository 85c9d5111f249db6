//! What calls lead to.

use super::{
    Around, Ended, Teller,
    answers::{CONDITION_FAILED, Fault, answer, unreadable, written},
    failed,
    values::{Made, number},
};
use crate::program::{BEAT, Block, OnFailure, PATIENCE, Policies, Policy, Verb, Via, Write};

/// Which count an error's attempts belong to: that of the first error with its policy, unless it has one of its own.
fn count_of(policies: &Policies, which: usize, policy: &Policy) -> usize {
    let first = policies.iter().position(|other| other.as_ref() == Some(policy));
    first.filter(|_| !policy.separately).unwrap_or(which)
}

impl Teller {
    /// A call whose errors are decided one by one, each after the attempts that its policy allows. Errors of one policy share
    /// one count of attempts.
    pub(super) fn decided(
        &mut self,
        id: u32,
        asked: u32,
        (arms, policies): (&[Block; 3], &Policies),
        by_worker: bool,
        made: &Made,
        around: Around,
    ) -> Result<Made, Ended> {
        let same = format!("{:?}", arms[0]) == format!("{:?}", arms[1]);
        let mut spent = [0; 3];
        for attempt in 0.. {
            self.call(id, asked);
            let (which, brought) = match answer(id, asked, attempt) {
                Ok(number) => return Ok(Made::of(vec![number])),
                Err(Fault::Declined) => (0, None),
                Err(Fault::Locked(number)) => (1, Some(number).filter(|_| !same)),
                Err(Fault::Busy) => (2, None),
            };
            let policy = policies[which].filter(|policy| {
                let spent = spent[count_of(policies, which, policy)];
                spent < policy.times
            });
            let Some(policy) = policy else {
                if by_worker && brought.is_some() && unreadable(id, asked) {
                    return Err(Ended::Over(Err("Broken".to_owned())));
                }
                let made = brought.map_or_else(|| made.clone(), |number| made.and(number));
                return self.arm(&arms[which], &made, around);
            };
            let count = &mut spent[count_of(policies, which, &policy)];
            let pause = policy.interval * if policy.doubles { 1 << *count } else { 1 };
            *count += 1;
            self.pass(policy.longest.map_or(pause, |longest| pause.min(longest)));
        }
        unreachable!("every policy is spent one day")
    }

    /// Everything that is written, compared or changed, added up, is what the call is known by.
    pub(super) fn write(
        &mut self,
        id: u32,
        how: Write,
        number: u32,
        [failed_to, unmet]: [&OnFailure; 2],
        made: &Made,
    ) -> Result<Made, Ended> {
        let given = match how.verb {
            Verb::Put => number + made.list(0).iter().sum::<u32>() + self.limit.unwrap_or(0),
            Verb::Update => number + number + 1,
            Verb::Delete => number,
        };
        let asked = given + if how.condition { 5 } else { 0 };
        let leads_to = match written(id, asked) {
            Ok(()) => {
                self.call(id, asked);
                return Ok(Made::default());
            }
            Err(CONDITION_FAILED) if how.condition => {
                self.call(id, asked);
                unmet
            }
            Err(_) => {
                self.call_in_vain(id, asked);
                failed_to
            }
        };
        match leads_to {
            OnFailure::Fail(error) => Err(failed(*error)),
            OnFailure::Number(_) | OnFailure::Nothing => Ok(Made::default()),
        }
    }

    /// A function is asked seven times before it has failed, as the default policy says; the others once.
    pub(super) fn ask(
        &mut self,
        id: u32,
        via: Via,
        asked: u32,
        on_failure: &OnFailure,
        made: &Made,
    ) -> Result<Made, Ended> {
        let answer = answer(id, asked, 0);
        match (&answer, via) {
            (Err(_), Via::Function) => self.call_in_vain(id, asked),
            _ => self.call(id, asked),
        }
        if let (Err(Fault::Busy), Via::Token { beats }) = (&answer, via) {
            self.pass(if beats { BEAT } else { PATIENCE });
        }
        match (answer, on_failure) {
            (Ok(number), _) => Ok(Made::of(vec![number])),
            (Err(_), OnFailure::Number(of)) => Ok(Made::of(vec![number(of, made)])),
            (Err(_), OnFailure::Nothing) => Ok(Made::of(vec![0])),
            (Err(_), OnFailure::Fail(error)) => Err(failed(*error)),
        }
    }
}
