//! Values, as Rust knows them.

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    contracts::{limit, pause, settings},
    program::{List, MOST, Maybe, Number, Test, Time},
};

/// The values that were made so far.
#[derive(Clone, Default)]
pub(super) struct Made {
    pub(super) numbers: Vec<u32>,
    pub(super) lists: Vec<Vec<u32>>,
    pub(super) maybes: Vec<Option<u32>>,
    /// Milliseconds since the epoch.
    pub(super) times: Vec<Option<i64>>,
    pub(super) extra: Option<Vec<u32>>,
    /// The last tuple.
    pub(super) tuple: Option<(Vec<u32>, u32)>,
}

impl Made {
    /// What a workflow is given.
    pub(super) fn given(input: &Value) -> Self {
        let settings = &input["settings"];
        let pause = &settings["pause"];
        let whole = |of: &Value| of.as_u64().map(|number| u32::try_from(number).unwrap());
        let list = |name: &str| -> Option<Vec<u32>> { serde_json::from_value(input[name].clone()).unwrap() };
        let time = |name: &str| Some(millis(input[name].as_str()?));
        let [rounds, seconds] = [self::settings().rounds, self::pause().seconds];
        let pause_limit = if pause.is_object() {
            whole(&pause["limit"])
        } else {
            self::pause().limit
        };
        Self {
            numbers: vec![
                whole(&settings["rounds"]).unwrap_or(rounds),
                whole(&pause["seconds"]).unwrap_or(seconds),
                whole(&input["cents"]).unwrap(),
                whole(&input["größe"]).unwrap_or(1),
            ],
            lists: vec![list("Läufe 🚀").unwrap_or_default(), list("extra").unwrap_or_default()],
            maybes: vec![pause_limit, input.get("limit").map_or_else(self::limit, whole)],
            times: vec![time("at"), time("due")],
            extra: list("extra"),
            tuple: None,
        }
    }

    pub(super) fn and(&self, number: u32) -> Self {
        let mut made = self.clone();
        made.numbers.push(number);
        made
    }

    pub(super) fn of(numbers: Vec<u32>) -> Self {
        Self {
            numbers,
            ..Self::default()
        }
    }

    pub(super) fn of_lists(lists: Vec<Vec<u32>>) -> Self {
        Self {
            lists,
            ..Self::default()
        }
    }

    pub(super) fn list(&self, back: usize) -> &[u32] {
        &self.lists[self.lists.len() - 1 - back % self.lists.len()]
    }

    fn pick(&self, back: usize) -> u32 {
        self.numbers[self.numbers.len() - 1 - back % self.numbers.len()]
    }

    fn time(&self, back: usize) -> Option<i64> {
        self.times[back % self.times.len()]
    }
}

fn millis(time: &str) -> i64 {
    time.parse::<Timestamp>().unwrap().as_millisecond()
}

pub(super) fn number(of: &Number, made: &Made) -> u32 {
    let pick = |back: &usize| made.pick(*back);
    match of {
        Number::Constant(number) => *number,
        Number::Made(back) => pick(back),
        Number::Plus(back, more) => (pick(back) + more).min(MOST),
        Number::Larger(a, b) => pick(a).max(pick(b)),
        Number::Sum(back) => made.list(*back).iter().sum::<u32>().min(MOST),
        Number::At(list, at, or) => item(made.list(*list), pick(at)).unwrap_or(*or),
        Number::Count(back) => u32::try_from(made.list(*back).len()).unwrap(),
        Number::Left(a, b) => pick(a).saturating_sub(pick(b)),
        Number::Difference(of, less) => pick(of).saturating_sub(*less),
        Number::Quotient(a, b, or) => pick(a).checked_div(pick(b)).unwrap_or(*or),
        Number::Half(of, true) => pick(of).div_ceil(2),
        Number::Half(of, false) => pick(of) / 2,
        Number::Or(of, or) => maybe(of, made).unwrap_or(*or),
    }
}

fn maybe(of: &Maybe, made: &Made) -> Option<u32> {
    match of {
        Maybe::Made(back) => made.maybes[back % made.maybes.len()],
        Maybe::Item(list, at) => item(made.list(*list), made.pick(*at)),
        Maybe::Left(a, b) => made.pick(*a).checked_sub(made.pick(*b)),
        Maybe::Some(back) => Some(made.pick(*back)),
        Maybe::Nothing => None,
    }
}

pub(super) fn test(of: &Test, made: &Made) -> bool {
    match of {
        Test::Below(of, bound) => number(of, made) < *bound,
        Test::Same(a, b, differ) => (maybe(a, made) != maybe(b, made)) == *differ,
        Test::SameTime(a, b, differ) => {
            let other = match b {
                Time::Made(back) => made.time(*back),
                Time::Said(time) => Some(millis(time)),
                Time::Nothing => None,
            };
            (made.time(*a) != other) == *differ
        }
        Test::SameExtra(list, differ) => (made.extra.as_deref() != Some(made.list(*list))) == *differ,
    }
}

pub(super) fn list(of: &List, made: &Made) -> Vec<u32> {
    match of {
        List::Picked(lists, at) => {
            let lists = lists.iter().map(|back| made.list(*back)).collect::<Vec<_>>();
            let picked = lists.get(usize::try_from(made.pick(*at)).unwrap());
            picked.map_or_else(|| vec![9], |list| list.to_vec())
        }
        List::Chosen(of, a, b) => made.list(if test(of, made) { *a } else { *b }).to_vec(),
    }
}

/// A tuple with lists inside, taken apart: its numbers and its lists.
pub(super) fn pair(of: &Test, back: usize, number: u32, made: &Made) -> Made {
    let list = made.list(back).to_vec();
    let holds = test(of, made);
    let inner = if holds {
        (list.clone(), number)
    } else {
        (vec![number], 1)
    };
    let (first, second) = if holds {
        (made.extra.clone(), made.tuple.clone().unwrap_or(inner))
    } else {
        (Some(list), inner)
    };
    Made {
        numbers: vec![second.1],
        lists: vec![first.unwrap_or_else(|| vec![8]), second.0.clone()],
        tuple: Some(second),
        ..Made::default()
    }
}

pub(super) fn item(list: &[u32], at: u32) -> Option<u32> {
    list.get(usize::try_from(at).unwrap()).copied()
}
