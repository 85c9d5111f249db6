//! What a program means, told directly.

use serde_json::Value;

use crate::program::{Block, End, Kind, MOST, Number, Test};

/// What a run does: its calls in order, and how it ends.
#[derive(Debug, PartialEq)]
pub(crate) struct Told {
    /// The step that called, and the number it asked about.
    pub(crate) calls: Vec<(u32, u32)>,
    /// The output, or the error's name.
    pub(crate) end: Result<u32, String>,
}

/// What the activity answers: it depends on the question alone.
pub(crate) fn answer(step: u32, number: u32) -> Result<u32, Fault> {
    match (step * 7 + number * 3) % 6 {
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

/// How a block ends.
enum Ended {
    Value(u32),
    Over(Result<u32, String>),
    Again(u32),
}

pub(crate) fn run(program: &Block, input: &Value) -> Told {
    let field = |name: &str| {
        input
            .get(name)
            .and_then(Value::as_u64)
            .map(|number| u32::try_from(number).unwrap())
    };
    let mut teller = Teller {
        calls: Vec::new(),
        limit: field("limit"),
    };
    let made = vec![field("cents").unwrap(), field("copies").unwrap_or(1)];
    let end = match teller.block(program, made, false) {
        Ended::Value(number) => Ok(number),
        Ended::Over(end) => end,
        Ended::Again(_) => unreachable!("there is no loop around the program"),
    };
    Told {
        calls: teller.calls,
        end,
    }
}

struct Teller {
    calls: Vec<(u32, u32)>,
    limit: Option<u32>,
}

impl Teller {
    fn block(&mut self, block: &Block, mut made: Vec<u32>, looping: bool) -> Ended {
        for step in &block.steps {
            match self.step(u32::try_from(step.id).unwrap(), &step.kind, &made, looping) {
                None => {}
                Some(Ended::Value(number)) => made.push(number),
                Some(ended) => return ended,
            }
        }
        match &block.end {
            End::Again(of) if looping => Ended::Again(number(of, &made)),
            End::Value(of) | End::Again(of) => Ended::Value(number(of, &made)),
            End::Fail(error) => Ended::Over(Err(format!("E{error}"))),
            End::Succeed(of) => Ended::Over(Ok(number(of, &made))),
        }
    }

    fn step(&mut self, id: u32, kind: &Kind, made: &[u32], looping: bool) -> Option<Ended> {
        let with = |more: u32| made.iter().copied().chain([more]).collect::<Vec<_>>();
        Some(match kind {
            Kind::Keep(of) => Ended::Value(number(of, made)),
            Kind::Call(of, [declined, locked, busy]) => {
                let asked = number(of, made);
                self.calls.push((id, asked));
                let same = format!("{declined:?}") == format!("{locked:?}");
                match answer(id, asked) {
                    Ok(number) => Ended::Value(number),
                    Err(Fault::Declined) => self.block(declined, made.to_vec(), looping),
                    Err(Fault::Locked(_)) if same => self.block(locked, made.to_vec(), looping),
                    Err(Fault::Locked(number)) => self.block(locked, with(number), looping),
                    Err(Fault::Busy) => self.block(busy, made.to_vec(), looping),
                }
            }
            Kind::IfElse(Test(of, bound), a, b) => {
                let arm = if number(of, made) < *bound { a } else { b };
                self.block(arm, made.to_vec(), looping)
            }
            Kind::IfSome(some) => match self.limit {
                Some(limit) => self.block(some, with(limit), looping),
                None => Ended::Value(0),
            },
            Kind::IfSomeElse(some, none) => match self.limit {
                Some(limit) => self.block(some, with(limit), looping),
                None => self.block(none, made.to_vec(), looping),
            },
            Kind::EndIf(Test(of, bound), error) if number(of, made) < *bound => Ended::Over(Err(format!("E{error}"))),
            Kind::Wait(_) | Kind::EndIf(..) => return None,
            Kind::Loop {
                rounds,
                first,
                body,
                spent,
            } => {
                let mut carried = number(first, made);
                for round in 1..=*rounds {
                    let made = made.iter().copied().chain([round, carried]).collect();
                    match self.block(body, made, true) {
                        Ended::Again(next) => carried = next,
                        ended => return Some(ended),
                    }
                }
                self.block(spent, with(carried), looping)
            }
        })
    }
}

fn number(of: &Number, made: &[u32]) -> u32 {
    let pick = |back: usize| made[made.len() - 1 - back % made.len()];
    match of {
        Number::Constant(number) => *number,
        Number::Made(back) => pick(*back),
        Number::Plus(back, more) => (pick(*back) + more).min(MOST),
        Number::Larger(a, b) => pick(*a).max(pick(*b)),
    }
}
