//! What a program means, told directly.

use serde_json::{Value, json};

use crate::program::{
    BEAT, Block, End, Kind, MOST, Number, OnFailure, PATIENCE, Policies, Policy, Test, Verb, Via, Write,
};

/// The step that called, and the number it asked about.
pub(crate) type Asked = (u32, u32);

/// What a run does: its calls, and how it ends.
#[derive(Debug)]
pub(crate) struct Told {
    /// The calls that are made, in order.
    pub(crate) calls: Vec<Asked>,
    /// Calls that are made or not: those of branches of which one failed, which stops the others.
    pub(crate) perhaps: Vec<Asked>,
    /// Whether some calls are made at the same time, so that their order is open.
    pub(crate) at_once: bool,
    /// When each call is made and when everything has ended, in seconds, as far as chance leaves them a time.
    pub(crate) times: Vec<u64>,
    /// The output, or the error's name.
    pub(crate) end: Result<Value, String>,
}

impl Told {
    /// What is wrong with the calls that were made, if something is.
    pub(crate) fn fault(&self, made: &[Asked], times: &[u64]) -> Option<String> {
        if !self.at_once {
            if self.calls != made {
                return Some(format!("calls {made:?} instead of {:?}", self.calls));
            }
            let in_time = times.starts_with(&self.times);
            return (!in_time).then(|| format!("calls at {times:?} s instead of {:?} s", self.times));
        }
        let mut rest = made.to_vec();
        for call in &self.calls {
            let Some(at) = rest.iter().position(|made| made == call) else {
                return Some(format!("{call:?} was never called"));
            };
            rest.swap_remove(at);
        }
        let mut perhaps = self.perhaps.clone();
        rest.into_iter().find_map(|call| {
            let at = perhaps.iter().position(|perhaps| *perhaps == call);
            at.map_or_else(
                || Some(format!("{call:?} was called too often")),
                |at| {
                    perhaps.swap_remove(at);
                    None
                },
            )
        })
    }
}

/// What the activity answers: it depends on the question alone.
pub(crate) fn answer(step: u32, number: u32, attempt: u32) -> Result<u32, Fault> {
    match (step * 7 + number * 3 + attempt * 5) % 6 {
        0 => Err(Fault::Declined),
        1 => Err(Fault::Locked((number + 1) % 10)),
        2 => Err(Fault::Busy),
        _ => Ok((number + step) % 10),
    }
}

pub(crate) enum Fault {
    Declined,
    Locked(u32),
    Busy,
}

/// What DynamoDB reports of a condition that does not hold, and of anything else.
pub(crate) const CONDITION_FAILED: &str = "DynamoDB.ConditionalCheckFailedException";
const THROTTLED: &str = "DynamoDB.ThrottlingException";

/// What becomes of what is written, by the step and the sum of everything in it.
pub(crate) fn written(step: u32, sum: u32) -> Result<(), &'static str> {
    match answer(step, sum, 0) {
        Ok(_) | Err(Fault::Busy) => Ok(()),
        Err(Fault::Declined) => Err(CONDITION_FAILED),
        Err(Fault::Locked(_)) => Err(THROTTLED),
    }
}

/// Which count an error's attempts belong to: that of the first error with its policy, unless it has one of its own.
fn count_of(policies: &Policies, which: usize, policy: &Policy) -> usize {
    let first = policies.iter().position(|other| other.as_ref() == Some(policy));
    first.filter(|_| !policy.separately).unwrap_or(which)
}

/// An item that is stored, if there is one: its number, its list and its limit.
pub(crate) fn stored(step: u32, number: u32) -> Option<(u32, Vec<u32>, Option<u32>)> {
    let list = (0..(step + number) % 3).collect();
    let limit = number.is_multiple_of(2).then_some(number);
    answer(step, number, 0).ok().map(|number| (number, list, limit))
}

/// The values that were made so far.
#[derive(Clone, Default)]
struct Made {
    numbers: Vec<u32>,
    lists: Vec<Vec<u32>>,
}

impl Made {
    fn and(&self, number: u32) -> Self {
        let mut made = self.clone();
        made.numbers.push(number);
        made
    }

    fn of(numbers: Vec<u32>) -> Self {
        Self {
            numbers,
            lists: Vec::new(),
        }
    }

    fn list(&self, back: usize) -> &[u32] {
        &self.lists[self.lists.len() - 1 - back % self.lists.len()]
    }
}

/// What is around a block.
#[derive(Clone, Copy)]
struct Around {
    looping: bool,
    /// A branch or an iteration, which cannot end the execution well.
    nested: bool,
}

/// How a block ends, short of a value.
enum Ended {
    Over(Result<Value, String>),
    Again(u32),
}

pub(crate) fn run(program: &Block, input: &Value) -> Told {
    let field = |name: &str| {
        let number = input.get(name).and_then(Value::as_u64);
        number.map(|number| u32::try_from(number).unwrap())
    };
    let list = |name: &str| -> Vec<u32> {
        let list = input.get(name).filter(|list| !list.is_null());
        list.map(|list| serde_json::from_value(list.clone()).unwrap())
            .unwrap_or_default()
    };
    let mut teller = Teller {
        told: Told {
            calls: Vec::new(),
            perhaps: Vec::new(),
            at_once: false,
            times: Vec::new(),
            end: Err("never ended".to_owned()),
        },
        limit: field("limit"),
        // The first state waits.
        now: Some(1),
    };
    let mut made = Made {
        numbers: vec![field("cents").unwrap(), field("größe").unwrap_or(1)],
        lists: vec![list("Läufe 🚀"), list("extra")],
    };
    let main = Around {
        looping: false,
        nested: false,
    };
    let end = match teller.block(program, &mut made, main) {
        Ok(number) => Ok(teller.output(number, &made)),
        Err(Ended::Over(end)) => end,
        Err(Ended::Again(_)) => unreachable!("there is no loop around the program"),
    };
    teller.told.times.extend(teller.now);
    Told { end, ..teller.told }
}

struct Teller {
    told: Told,
    limit: Option<u32>,
    /// Seconds since the start; nobody knows once chance has had a say.
    now: Option<u64>,
}

impl Teller {
    fn call(&mut self, id: u32, asked: u32) {
        self.told.calls.push((id, asked));
        self.told.times.extend(self.now);
    }

    /// The default policy: six more attempts, at times that chance decides.
    fn call_in_vain(&mut self, id: u32, asked: u32) {
        self.call(id, asked);
        self.now = None;
        (0..6).for_each(|_| self.call(id, asked));
    }

    fn pass(&mut self, seconds: u32) {
        self.now = self.now.map(|now| now + u64::from(seconds));
    }

    fn output(&self, number: u32, made: &Made) -> Value {
        json!({ "number": number, "list": made.list(0), "limit": self.limit })
    }

    fn block(&mut self, block: &Block, made: &mut Made, around: Around) -> Result<u32, Ended> {
        for step in &block.steps {
            let id = u32::try_from(step.id).unwrap();
            let new = self.step(id, &step.kind, made, around)?;
            made.numbers.extend(new.numbers);
            made.lists.extend(new.lists);
        }
        match &block.end {
            End::Again(of) if around.looping => Err(Ended::Again(number(of, made))),
            End::Succeed(of) if !around.nested => Err(Ended::Over(Ok(self.output(number(of, made), made)))),
            End::Value(of) | End::Again(of) | End::Succeed(of) => Ok(number(of, made)),
            End::Fail(error) => Err(failed(*error)),
        }
    }

    fn arm(&mut self, block: &Block, made: &Made, around: Around) -> Result<Made, Ended> {
        Ok(Made::of(vec![self.block(block, &mut made.clone(), around)?]))
    }

    fn step(&mut self, id: u32, kind: &Kind, made: &Made, around: Around) -> Result<Made, Ended> {
        match kind {
            Kind::Keep(of) => Ok(Made::of(vec![number(of, made)])),
            Kind::KeepList(of) => Ok(Made {
                numbers: Vec::new(),
                lists: vec![of.iter().map(|of| number(of, made)).collect()],
            }),
            Kind::Ask(via, of, on_failure) => self.ask(id, *via, number(of, made), on_failure, made),
            Kind::Read(of) => {
                let asked = number(of, made);
                self.call(id, asked);
                let (number, list, limit) = stored(id, asked).unwrap_or((3, vec![3], Some(3)));
                Ok(Made {
                    numbers: vec![number, limit.unwrap_or(8)],
                    lists: vec![list],
                })
            }
            Kind::Call(of, arms, policies) | Kind::Work(of, arms, policies) => {
                self.decided(id, number(of, made), (arms, policies), made, around)
            }
            Kind::Write(how, of, failed, unmet) => self.write(id, *how, number(of, made), [failed, unmet], made),
            Kind::IfElse(Test(of, bound), a, b) => {
                let arm = if number(of, made) < *bound { a } else { b };
                self.arm(arm, made, around)
            }
            Kind::IfSome(some) => match self.limit {
                Some(limit) => self.arm(some, &made.and(limit), around),
                None => Ok(Made::of(vec![0])),
            },
            Kind::IfSomeElse(some, none) => match self.limit {
                Some(limit) => self.arm(some, &made.and(limit), around),
                None => self.arm(none, made, around),
            },
            Kind::IfItem(list, at, some, none) => match item(made.list(*list), number(at, made)) {
                Some(item) => self.arm(some, &made.and(item), around),
                None => self.arm(none, made, around),
            },
            Kind::EndIf(Test(of, bound), error) if number(of, made) < *bound => Err(failed(*error)),
            Kind::EndIf(..) => Ok(Made::default()),
            Kind::Wait(of) => {
                self.pass(number(of, made));
                Ok(Made::default())
            }
            Kind::Loop {
                rounds,
                first,
                body,
                spent,
            } => {
                let mut carried = number(first, made);
                for round in 1..=*rounds {
                    let made = made.and(round).and(carried);
                    let inside = Around {
                        looping: true,
                        ..around
                    };
                    match self.arm(body, &made, inside) {
                        Err(Ended::Again(next)) => carried = next,
                        ended => return ended,
                    }
                }
                self.arm(spent, &made.and(carried), around)
            }
            Kind::Parallel(blocks, list, on_failure) => self.parallel(blocks, *list, on_failure, made),
            Kind::Map {
                list,
                at_once,
                body,
                failed,
            } => self.map(made.list(*list), *at_once, body, failed, made),
        }
    }

    /// A call whose errors are decided one by one, each after the attempts that its policy allows. Errors of one policy share
    /// one count of attempts.
    fn decided(
        &mut self,
        id: u32,
        asked: u32,
        (arms, policies): (&[Block; 3], &Policies),
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
    fn write(
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
    fn ask(&mut self, id: u32, via: Via, asked: u32, on_failure: &OnFailure, made: &Made) -> Result<Made, Ended> {
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

    fn parallel(
        &mut self,
        blocks: &[Block; 2],
        list: usize,
        on_failure: &OnFailure,
        made: &Made,
    ) -> Result<Made, Ended> {
        let before = self.told.calls.len();
        self.told.at_once = true;
        let [left, right] = [0, 1].map(|at| self.body(&blocks[at], made.clone()));
        if let (Ok(left), Ok(right)) = (left, right) {
            return Ok(Made {
                numbers: vec![left, right, self.limit.unwrap_or(7)],
                lists: vec![made.list(list).to_vec()],
            });
        }
        self.told.perhaps.extend(self.told.calls.drain(before..));
        let (numbers, list) = match on_failure {
            OnFailure::Number(of) => (vec![number(of, made), 1, 3], vec![number(of, made)]),
            OnFailure::Nothing => (vec![0, 1, 7], Vec::new()),
            OnFailure::Fail(error) => return Err(failed(*error)),
        };
        Ok(Made {
            numbers,
            lists: vec![list],
        })
    }

    fn map(
        &mut self,
        items: &[u32],
        at_once: bool,
        body: &Block,
        on_failure: &OnFailure,
        made: &Made,
    ) -> Result<Made, Ended> {
        let before = self.told.calls.len();
        self.told.at_once |= at_once;
        let mut results = Vec::new();
        let mut has_failed = false;
        for (index, item) in (0..).zip(items) {
            match self.body(body, made.and(*item).and(index)) {
                Ok(result) => results.push(result),
                Err(()) => has_failed = true,
            }
            if has_failed && !at_once {
                break;
            }
        }
        if has_failed {
            if at_once {
                self.told.perhaps.extend(self.told.calls.drain(before..));
            }
            results = match on_failure {
                OnFailure::Number(of) => vec![number(of, made)],
                OnFailure::Nothing => Vec::new(),
                OnFailure::Fail(error) => return Err(failed(*error)),
            };
        }
        Ok(Made {
            numbers: Vec::new(),
            lists: vec![results],
        })
    }

    /// A branch or an iteration: its result, or that it failed.
    fn body(&mut self, block: &Block, mut made: Made) -> Result<u32, ()> {
        let inside = Around {
            looping: false,
            nested: true,
        };
        self.block(block, &mut made, inside).map_err(|ended| match ended {
            Ended::Over(Err(_)) => (),
            Ended::Over(Ok(_)) | Ended::Again(_) => unreachable!("neither leaves a branch"),
        })
    }
}

fn failed(error: u8) -> Ended {
    Ended::Over(Err(format!("E{error}")))
}

fn number(of: &Number, made: &Made) -> u32 {
    let pick = |back: usize| made.numbers[made.numbers.len() - 1 - back % made.numbers.len()];
    match of {
        Number::Constant(number) => *number,
        Number::Made(back) => pick(*back),
        Number::Plus(back, more) => (pick(*back) + more).min(MOST),
        Number::Larger(a, b) => pick(*a).max(pick(*b)),
        Number::Sum(back) => made.list(*back).iter().sum::<u32>().min(MOST),
        Number::At(list, at, or) => item(made.list(*list), pick(*at)).unwrap_or(*or),
        Number::Count(back) => u32::try_from(made.list(*back).len()).unwrap(),
    }
}

fn item(list: &[u32], at: u32) -> Option<u32> {
    list.get(usize::try_from(at).unwrap()).copied()
}
