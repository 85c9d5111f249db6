//! The `Task` state: what comes of a call.

use crate::data::Data;
use crate::details::Members;
use crate::failure::{Failure, Reach};
use crate::frame::{Call, Doing, FrameId};
use crate::limits::DATA_BYTES;
use crate::machine::Kind;
use crate::resource::Resource;
use crate::run::{Ready, Run};
use crate::{HistoryEventType, Integration, TaskId};

/// How an attempt ends.
#[derive(Clone, Copy)]
enum News {
    Succeeded,
    Failed,
    TimedOut,
}

impl<'a> Run<'a> {
    pub(crate) fn activity_started(&mut self, task: TaskId, worker_name: Option<String>) {
        let Some((frame, _)) = self.accept(task, &[Integration::Activity]) else {
            return;
        };
        let details = Members {
            worker_name,
            ..Members::default()
        };
        self.write_next(frame, HistoryEventType::ActivityStarted, details.into());
        self.beat(frame);
    }

    pub(crate) fn task_submitted(&mut self, task: TaskId, output: String) {
        let Some((frame, resource)) = self.accept(task, &[Integration::Sync, Integration::WaitForTaskToken]) else {
            return;
        };
        let details = Members::output(Data::from_text(output)).of(resource);
        self.write_next(frame, HistoryEventType::TaskSubmitted, details.into());
    }

    /// The time of a call begins anew.
    pub(crate) fn task_started(&mut self, task: TaskId) {
        let Some((frame, _)) = self.caller(task) else { return };
        let Doing::Calling(call) = &mut self.execution.frame_mut(frame).doing else {
            return;
        };
        let seconds = call.timeout_seconds.filter(|_| call.timeout.is_some());
        let (timeout, beats) = (call.timeout.take(), call.heartbeat.is_some());
        self.cancel_timers([timeout, None]);
        let timer = seconds.map(|seconds| self.wait_for_timer(frame, seconds * 1000));
        if let Doing::Calling(call) = &mut self.execution.frame_mut(frame).doing {
            call.timeout = timer;
        }
        if beats {
            self.beat(frame);
        }
    }

    /// Notes that a call was taken, once, where its kind of integration can be.
    fn accept(&mut self, task: TaskId, integrations: &[Integration]) -> Option<(FrameId, &'a Resource)> {
        let (frame, resource) = self.caller(task)?;
        let Doing::Calling(call) = &mut self.execution.frame_mut(frame).doing else {
            return None;
        };
        let first = integrations.contains(&resource.integration) && !std::mem::replace(&mut call.accepted, true);
        first.then_some((frame, resource))
    }

    pub(crate) fn task_submit_failed(&mut self, task: TaskId, failure: Failure) {
        let Some((frame, resource)) = self.caller(task) else {
            return;
        };
        self.hang_up(frame);
        let details = Members::failed(&failure).of(resource);
        self.write_next(frame, HistoryEventType::TaskSubmitFailed, details.into());
        self.handle(frame, failure);
    }

    pub(crate) fn task_succeeded(&mut self, task: TaskId, output: String) {
        let Some((frame, resource)) = self.caller(task) else {
            return;
        };
        if output.len() > DATA_BYTES {
            return self.call_failed(frame, resource, Failure::too_large(&resource.arn, Reach::Ordinary));
        }
        let Some(output) = Data::parse(output) else {
            let cause = format!("The result of '{}' is not JSON.", resource.arn);
            return self.call_failed(frame, resource, Failure::runtime(cause));
        };
        self.hang_up(frame);
        self.write_news(frame, resource, News::Succeeded, Members::output(output.clone()));
        self.succeed(frame, Some(output));
    }

    pub(crate) fn task_failed(&mut self, task: TaskId, failure: Failure) {
        let Some((frame, resource)) = self.caller(task) else {
            return;
        };
        let unsubmitted = matches!(&self.execution.frame(frame).doing, Doing::Calling(call) if !call.accepted);
        // A job that was never submitted cannot have failed by itself; with a token, somebody may have been quick.
        if resource.integration == Integration::Sync && unsubmitted {
            self.task_submit_failed(task, failure);
        } else {
            self.call_failed(frame, resource, failure);
        }
    }

    fn call_failed(&mut self, frame: FrameId, resource: &Resource, failure: Failure) {
        self.hang_up(frame);
        self.write_news(frame, resource, News::Failed, Members::failed(&failure));
        self.handle(frame, failure);
    }

    pub(crate) fn task_heartbeat(&mut self, task: TaskId) {
        if let Some((frame, _)) = self.caller(task) {
            self.beat(frame);
        }
    }

    /// The timeout (or, if `heartbeat`, the time for a sign of life) has passed. The state goes on when every call whose
    /// time is over at the same moment has its event.
    ///
    /// Source: recorded histories of a Map whose iterations time out together.
    pub(crate) fn call_timed_out(&mut self, frame: FrameId, heartbeat: bool) {
        let Some(resource) = self.resource(frame) else { return };
        let doing = std::mem::replace(&mut self.execution.frame_mut(frame).doing, Doing::Running);
        self.cancel(&doing);
        let failure = Failure::timeout(if heartbeat { Reach::Heartbeat } else { Reach::Ordinary });
        self.write_news(frame, resource, News::TimedOut, Members::failed(&failure));
        self.ready.push_back(Ready::Failed(frame, failure));
    }

    /// The frame that waits for a task, and what it called.
    fn caller(&self, task: TaskId) -> Option<(FrameId, &'a Resource)> {
        let frame = *self.execution.waiting.get(&task.0)?;
        match &self.execution.frame(frame).doing {
            Doing::Calling(call) if call.task == task => Some((frame, self.resource(frame)?)),
            _ => None,
        }
    }

    /// What a frame calls, if it is in a task state.
    pub(crate) fn resource(&self, frame: FrameId) -> Option<&'a Resource> {
        match &self.state(frame).kind {
            Kind::Task(task) => Some(&task.resource),
            _ => None,
        }
    }

    /// Nobody waits for the task and its timers any more: it has answered.
    fn hang_up(&mut self, frame: FrameId) {
        let Doing::Calling(Call {
            task,
            timeout,
            heartbeat,
            ..
        }) = self.execution.frame(frame).doing
        else {
            return;
        };
        self.execution.waiting.remove(&task.0);
        self.cancel_timers([timeout, heartbeat]);
    }

    /// Starts the time for the next sign of life.
    fn beat(&mut self, frame: FrameId) {
        let Doing::Calling(call) = &mut self.execution.frame_mut(frame).doing else {
            return;
        };
        let Some(seconds) = call.heartbeat_seconds else { return };
        if let Some(timer) = call.heartbeat.take() {
            self.cancel_timer(timer);
        }
        let timer = self.wait_for_timer(frame, seconds * 1000);
        if let Doing::Calling(call) = &mut self.execution.frame_mut(frame).doing {
            call.heartbeat = Some(timer);
        }
    }

    fn write_news(&mut self, frame: FrameId, resource: &Resource, news: News, details: Members) {
        let details = match resource.integration {
            Integration::Lambda | Integration::Activity => details,
            _ => details.of(resource),
        };
        self.write_next(frame, event_of(resource.integration, news), details.into());
    }
}

fn event_of(integration: Integration, news: News) -> HistoryEventType {
    match (integration, news) {
        (Integration::Lambda, News::Succeeded) => HistoryEventType::LambdaFunctionSucceeded,
        (Integration::Lambda, News::Failed) => HistoryEventType::LambdaFunctionFailed,
        (Integration::Lambda, News::TimedOut) => HistoryEventType::LambdaFunctionTimedOut,
        (Integration::Activity, News::Succeeded) => HistoryEventType::ActivitySucceeded,
        (Integration::Activity, News::Failed) => HistoryEventType::ActivityFailed,
        (Integration::Activity, News::TimedOut) => HistoryEventType::ActivityTimedOut,
        (_, News::Succeeded) => HistoryEventType::TaskSucceeded,
        (_, News::Failed) => HistoryEventType::TaskFailed,
        (_, News::TimedOut) => HistoryEventType::TaskTimedOut,
    }
}
