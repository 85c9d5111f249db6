//! What happened outside.

use serde::{Deserialize, Serialize};

use crate::{TaskId, TimerId};

/// Something that happened to an execution. An event about a task or timer that is over changes nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// An activity worker took the task.
    ActivityStarted {
        /// The task.
        task: TaskId,
        /// The name the worker gave itself.
        worker_name: Option<String>,
    },
    /// The call begins only now: whoever runs it had no place for it before. Its timeout and heartbeat begin anew.
    TaskStarted {
        /// The task.
        task: TaskId,
    },
    /// The call of a `.sync` or `.waitForTaskToken` task was accepted; the result is still to come.
    TaskSubmitted {
        /// The task.
        task: TaskId,
        /// The service's answer as JSON text.
        output: String,
    },
    /// The call of a `.sync` or `.waitForTaskToken` task was refused, so there is nothing to wait for.
    TaskSubmitFailed {
        /// The task.
        task: TaskId,
        /// The error's name.
        error: Option<String>,
        /// The error's cause.
        cause: Option<String>,
    },
    /// The task gave its result.
    TaskSucceeded {
        /// The task.
        task: TaskId,
        /// The result as JSON text.
        output: String,
    },
    /// The task failed.
    TaskFailed {
        /// The task.
        task: TaskId,
        /// The error's name, for example `Delivery.Rejected`.
        error: Option<String>,
        /// The error's cause.
        cause: Option<String>,
    },
    /// The task reported that it is alive.
    TaskHeartbeat {
        /// The task.
        task: TaskId,
    },
    /// A timer is due.
    TimerFired {
        /// The timer.
        timer: TimerId,
    },
    /// Several timers are due at the same time: what that means to each task is written first, then their states go on.
    TimersFired {
        /// The timers, in the order in which they are to be written.
        timers: Vec<TimerId>,
    },
    /// `StopExecution`.
    Stopped {
        /// The error the caller gave.
        error: Option<String>,
        /// The cause the caller gave.
        cause: Option<String>,
    },
    /// The task that started the execution and waits for its end has been called off: the same as [`Event::Stopped`] without
    /// error and cause. An execution that has been redriven goes on: its parent waited for the end before that.
    CalledOff,
    /// `RedriveExecution`: an execution that ended without success goes on. It changes nothing where
    /// [`RedriveFacts::redrivable`](crate::RedriveFacts::redrivable) says why not.
    Redriven,
}
