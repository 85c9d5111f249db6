//! What the host has to do.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ExecutionStatus, HistoryEvent, TaskId, TimerId};

/// The result of applying one event: everything up to the next thing that only the outside world can answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// What the host has to do, in order, once the step is durable.
    pub effects: Vec<Effect>,
    /// What is appended to the history.
    pub history: Vec<HistoryEvent>,
}

impl Step {
    /// Adds the step that came next, so that both can be kept and performed as one. What the one starts and the other
    /// calls off is left out of both: nobody has performed it yet.
    pub fn append(&mut self, next: Self) {
        self.history.extend(next.history);
        for effect in next.effects {
            self.add(effect);
        }
    }

    /// Adds an effect, or takes back the one that it calls off.
    pub(crate) fn add(&mut self, effect: Effect) {
        match self.effects.iter().rposition(|earlier| effect.calls_off(earlier)) {
            Some(position) => drop(self.effects.remove(position)),
            None => self.effects.push(effect),
        }
    }
}

/// Something that the host does for an execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Effect {
    /// Call a resource and answer with an event that names the task.
    ScheduleTask(TaskRequest),
    /// Nobody waits for the task any more: its answer will be ignored and its token is void.
    CancelTask(TaskId),
    /// Send [`Event::TimerFired`](crate::Event::TimerFired) at this time or, if it has passed, at once.
    StartTimer {
        /// Names the timer within the execution.
        timer: TimerId,
        /// When it is due.
        at: Timestamp,
    },
    /// The timer is of no use any more.
    CancelTimer(TimerId),
    /// The execution has ended. Always the last effect of an execution.
    Finish {
        /// How.
        status: ExecutionStatus,
        /// The output as JSON text, if it succeeded.
        output: Option<String>,
        /// The error's name, if it did not.
        error: Option<String>,
        /// The error's cause.
        cause: Option<String>,
    },
}

impl Effect {
    fn calls_off(&self, earlier: &Self) -> bool {
        match (self, earlier) {
            (Self::CancelTask(task), Self::ScheduleTask(request)) => request.task == *task,
            (Self::CancelTimer(timer), Self::StartTimer { timer: started, .. }) => started == timer,
            _ => false,
        }
    }
}

/// A call of a resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskRequest {
    /// Names the task within the execution; a retry is a new task.
    pub task: TaskId,
    /// The id of the event that scheduled it; 0 in what an earlier version has kept.
    #[serde(default)]
    pub scheduled: u64,
    /// The state's `Resource`, complete with its suffix.
    pub resource: String,
    /// How the call is answered.
    pub integration: Integration,
    /// The evaluated parameters (or the state's input, for a Lambda or activity ARN) as JSON text.
    pub parameters: String,
    /// The task token, wherever one may be asked for: `.waitForTaskToken` and activities.
    pub token: Option<String>,
    /// The name of the state, for logs.
    pub state: String,
    /// The evaluated `TimeoutSeconds`, if the state has one.
    pub timeout_seconds: Option<u64>,
    /// The evaluated `HeartbeatSeconds`, if the state has one.
    pub heartbeat_seconds: Option<u64>,
    /// The evaluated `Credentials.RoleArn`, if the state has one.
    pub role_arn: Option<String>,
}

/// The integration pattern of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Integration {
    /// `arn:aws:lambda:…` as the resource itself: the input is the payload, the payload of the answer is the result.
    Lambda,
    /// `arn:aws:states:…:activity:…`: a worker polls for it.
    Activity,
    /// `arn:aws:states:::service:action`: the answer of the call is the result.
    RequestResponse,
    /// `….sync` and `….sync:2`: the call is submitted, the result comes when the job has ended.
    Sync,
    /// `….waitForTaskToken`: the call is submitted, the result comes with the token.
    WaitForTaskToken,
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Effect, Step};
    use crate::TimerId;

    fn step(effects: impl IntoIterator<Item = Effect>) -> Step {
        Step {
            effects: effects.into_iter().collect(),
            history: Vec::new(),
        }
    }

    #[test]
    fn what_one_step_starts_and_the_next_calls_off_never_happens() {
        let start = |timer| Effect::StartTimer {
            timer: TimerId(timer),
            at: Timestamp::UNIX_EPOCH,
        };
        let mut whole = step([start(1), start(2)]);
        whole.append(step([
            Effect::CancelTimer(TimerId(1)),
            Effect::CancelTimer(TimerId(7)),
            start(3),
        ]));
        assert_eq!(whole, step([start(2), Effect::CancelTimer(TimerId(7)), start(3)]));
    }
}
