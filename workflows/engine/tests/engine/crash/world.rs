//! What the outside world answers: anything, in any order, decided by the request and a seed alone.

use std::hash::{DefaultHasher, Hash, Hasher};

use engine::{Event, Integration, TaskRequest};

use crate::simulation::Replies;

/// Throws of dice that are the same for the same seed and request.
struct Dice(u64);

impl Dice {
    fn of(seed: u64, request: &TaskRequest) -> Self {
        let mut hasher = DefaultHasher::new();
        (seed, &request.state, request.task).hash(&mut hasher);
        Self(hasher.finish())
    }

    /// A number below `sides`.
    fn throw(&mut self, sides: u64) -> u64 {
        let number = self.0 % sides;
        self.0 = self.0.rotate_right(17).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        number
    }

    /// Milliseconds, so few that events often fall together.
    fn delay(&mut self) -> i64 {
        i64::try_from(self.throw(12)).expect("it is small") * 500
    }
}

/// What comes for a task: a beginning, signs of life, an answer, and an answer that comes too late. Now and then the
/// beginning is refused, comes after the answer, or there is no answer, where a time limit then ends the task.
pub(super) fn replies(request: &TaskRequest, seed: u64) -> Replies {
    let mut dice = Dice::of(seed, request);
    let bounded = request.timeout_seconds.is_some() || request.heartbeat_seconds.is_some();
    let mut replies = begins(request, &mut dice);
    let task = request.task;
    for _ in 0..dice.throw(3) {
        replies.push((dice.delay(), Event::TaskHeartbeat { task }));
    }
    if !bounded || dice.throw(5) > 0 {
        let delay = dice.delay();
        let answer = answer(request, &mut dice);
        let late = answer_that_nobody_waits_for(request);
        replies.extend([(delay, answer), (delay + 1, late)]);
    }
    replies
}

fn begins(request: &TaskRequest, dice: &mut Dice) -> Replies {
    let task = request.task;
    let event = match request.integration {
        // The host had no place for it at once.
        Integration::Lambda | Integration::RequestResponse if dice.throw(3) == 0 => Event::TaskStarted { task },
        Integration::Lambda | Integration::RequestResponse => return Vec::new(),
        Integration::Activity => Event::ActivityStarted {
            task,
            worker_name: (dice.throw(2) == 0).then(|| "worker".to_owned()),
        },
        Integration::Sync | Integration::WaitForTaskToken if dice.throw(8) == 0 => Event::TaskSubmitFailed {
            task,
            error: Some("Custom".into()),
            cause: None,
        },
        Integration::Sync | Integration::WaitForTaskToken => Event::TaskSubmitted {
            task,
            output: r#"{"MessageId": "1"}"#.into(),
        },
    };
    let delay = if dice.throw(4) == 0 { dice.delay() } else { 0 };
    vec![(delay, event)]
}

fn answer(request: &TaskRequest, dice: &mut Dice) -> Event {
    let task = request.task;
    let output = match dice.throw(6) {
        0 => {
            return Event::TaskFailed {
                task,
                error: Some("Custom".into()),
                cause: Some("{\"is\": 1}".into()),
            };
        }
        1 => {
            return Event::TaskFailed {
                task,
                error: None,
                cause: None,
            };
        }
        2 => "[1, 2.0]".into(),
        3 => "{\"a\":{\"b\":null}}".into(),
        _ => request.parameters.clone(),
    };
    Event::TaskSucceeded { task, output }
}

fn answer_that_nobody_waits_for(request: &TaskRequest) -> Event {
    Event::TaskFailed {
        task: request.task,
        error: Some("Late".into()),
        cause: None,
    }
}
