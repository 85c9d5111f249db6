//! What a program means, told directly.

use serde_json::{Value, json};

use crate::program::{Block, End, Kind};

pub(crate) use answers::{Fault, answer, stored, unreadable, written};
pub(crate) use told::{Asked, Told};
use values::{Made, item, number, test};

mod answers;
mod calls;
mod nests;
mod told;
mod values;

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
    let mut teller = Teller {
        told: Told {
            calls: Vec::new(),
            perhaps: Vec::new(),
            at_once: false,
            times: Vec::new(),
            end: Err("never ended".to_owned()),
        },
        limit: input.get("limit").map_or_else(crate::contracts::limit, |limit| {
            limit.as_u64().map(|limit| u32::try_from(limit).unwrap())
        }),
        // The first state waits.
        now: Some(1),
    };
    let mut made = Made::given(input);
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
        json!({
            "number": number, "list": made.list(0), "limit": self.limit, "pair": (&made.extra, number),
        })
    }

    fn block(&mut self, block: &Block, made: &mut Made, around: Around) -> Result<u32, Ended> {
        for step in &block.steps {
            let id = u32::try_from(step.id).unwrap();
            let new = self.step(id, &step.kind, made, around)?;
            made.numbers.extend(new.numbers);
            made.lists.extend(new.lists);
            made.tuple = new.tuple.or(made.tuple.take());
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
            Kind::KeepList(of) => Ok(Made::of_lists(vec![of.iter().map(|of| number(of, made)).collect()])),
            Kind::KeepMore(of) => Ok(Made::of_lists(vec![values::list(of, made)])),
            Kind::KeepPair(test, list, of) => Ok(values::pair(test, *list, number(of, made), made)),
            Kind::Ask(via, of, on_failure) => self.ask(id, *via, number(of, made), on_failure, made),
            Kind::Read(of) => {
                let asked = number(of, made);
                self.call(id, asked);
                let (number, list, limit) = stored(id, asked).unwrap_or((3, vec![3], Some(3)));
                Ok(Made {
                    lists: vec![list],
                    ..Made::of(vec![number, limit.unwrap_or(8)])
                })
            }
            Kind::Call(of, arms, policies) => self.decided(id, number(of, made), (arms, policies), false, made, around),
            Kind::Work(of, arms, policies) => self.decided(id, number(of, made), (arms, policies), true, made, around),
            Kind::Write(how, of, failed, unmet) => self.write(id, *how, number(of, made), [failed, unmet], made),
            Kind::IfElse(of, a, b) => {
                let arm = if test(of, made) { a } else { b };
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
            Kind::EndIf(of, error) if test(of, made) => Err(failed(*error)),
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
}

fn failed(error: u8) -> Ended {
    Ended::Over(Err(format!("E{error}")))
}
