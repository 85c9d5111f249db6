//! What a program means, told directly.

use serde_json::{Value, json};

use crate::program::{Block, End, Kind, MOST, Number, OnFailure, Test, Via};

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
    /// The output, or the error's name.
    pub(crate) end: Result<Value, String>,
}

impl Told {
    /// What is wrong with the calls that were made, if something is.
    pub(crate) fn fault(&self, made: &[Asked]) -> Option<String> {
        if !self.at_once {
            return (self.calls != made).then(|| format!("calls {made:?} instead of {:?}", self.calls));
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

/// An item that is stored, if there is one: its number, its list and its limit.
pub(crate) fn stored(step: u32, number: u32) -> Option<(u32, Vec<u32>, Option<u32>)> {
    let list = (0..(step + number) % 3).collect();
    let limit = number.is_multiple_of(2).then_some(number);
    answer(step, number).ok().map(|number| (number, list, limit))
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
            end: Err("never ended".to_owned()),
        },
        limit: field("limit"),
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
    Told { end, ..teller.told }
}

struct Teller {
    told: Told,
    limit: Option<u32>,
}

impl Teller {
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
                self.told.calls.push((id, asked));
                let (number, list, limit) = stored(id, asked).unwrap_or((3, vec![3], Some(3)));
                Ok(Made {
                    numbers: vec![number, limit.unwrap_or(8)],
                    lists: vec![list],
                })
            }
            Kind::Call(of, [declined, locked, busy]) | Kind::Work(of, [declined, locked, busy]) => {
                let asked = number(of, made);
                self.told.calls.push((id, asked));
                let same = format!("{declined:?}") == format!("{locked:?}");
                match answer(id, asked) {
                    Ok(number) => Ok(Made::of(vec![number])),
                    Err(Fault::Declined) => self.arm(declined, made, around),
                    Err(Fault::Locked(_)) if same => self.arm(locked, made, around),
                    Err(Fault::Locked(number)) => self.arm(locked, &made.and(number), around),
                    Err(Fault::Busy) => self.arm(busy, made, around),
                }
            }
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
            Kind::Wait(_) | Kind::EndIf(..) => Ok(Made::default()),
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

    /// A function is asked seven times before it has failed, as the default policy says; the others once.
    fn ask(&mut self, id: u32, via: Via, asked: u32, on_failure: &OnFailure, made: &Made) -> Result<Made, Ended> {
        let answer = answer(id, asked);
        let times = if answer.is_err() && matches!(via, Via::Function) {
            7
        } else {
            1
        };
        self.told.calls.extend(vec![(id, asked); times]);
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
