//! What is written together.

use engine::{TaskId, TimerId};
use jiff::Timestamp;
use rusqlite::Connection;

use crate::names::Names;
use crate::purge::Expired;
use crate::{
    Activity, Advance, Chunk, Ending, ExecutionId, InboxMessage, NewExecution, NewStateMachine, Outbox, OutboxId,
    PublishedEvent, QueueMessage, Redrive, Revision, Schedule, StateMachineId, Task, TaskPhase, activity, event,
    execution, history, inbox, meta, outbox, queue, redrive, schedule, state_machine, task, timer,
};

/// Writes that become durable together or not at all.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Written before everything else; if it cannot be, nothing of the batch is written.
    first: Option<First>,
    writes: Vec<Write>,
}

/// What may exist already, or be gone.
#[derive(Clone, Debug)]
enum First {
    Activity(Activity),
    /// An execution, and how it ended if the same batch ends it: it is then written once.
    Execution(NewExecution, Option<Ending>),
    StateMachine(NewStateMachine),
    Schedule(Schedule),
    Redrive(ExecutionId, Redrive),
}

#[derive(Clone, Debug)]
enum Write {
    AddRevision(StateMachineId, Revision),
    DeleteStateMachine(StateMachineId, Timestamp),
    KeepState(ExecutionId, Vec<u8>),
    Finish(ExecutionId, Ending),
    KeepRedrivable(ExecutionId, Vec<u8>),
    ForgetRedrivable(Vec<ExecutionId>),
    AppendHistory(ExecutionId, Chunk),
    StartTimer(ExecutionId, TimerId, Timestamp),
    RemoveTimer(ExecutionId, TimerId),
    PutTask(Task),
    SetTaskPhase(ExecutionId, TaskId, TaskPhase),
    RemoveTask(ExecutionId, TaskId),
    PutOutbox(Outbox),
    RemoveOutbox(OutboxId),
    DeleteActivity(String),
    ChangeSchedule(Schedule),
    AdvanceSchedule(Advance),
    PutOffSchedule(String, Timestamp),
    DeleteSchedule(String),
    Send(QueueMessage),
    Drain(String, Vec<i64>),
    Publish(PublishedEvent),
    PutInbox(InboxMessage),
    SetMeta(String, String),
    Purge(Expired),
}

impl Batch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// A batch that starts with a new execution; [`CommitError::Exists`](crate::CommitError::Exists) if its state machine has one of that name.
    pub fn creating_execution(execution: NewExecution) -> Self {
        Self {
            first: Some(First::Execution(execution, None)),
            writes: Vec::new(),
        }
    }

    /// A batch that starts with a new state machine; [`CommitError::Exists`](crate::CommitError::Exists) if there is one of that name.
    pub fn creating_state_machine(state_machine: NewStateMachine) -> Self {
        Self {
            first: Some(First::StateMachine(state_machine)),
            writes: Vec::new(),
        }
    }

    /// A batch that starts with a new activity; [`CommitError::Exists`](crate::CommitError::Exists) if there is one of that name.
    pub fn creating_activity(activity: Activity) -> Self {
        Self {
            first: Some(First::Activity(activity)),
            writes: Vec::new(),
        }
    }

    /// A batch that starts with a new schedule; [`CommitError::Exists`](crate::CommitError::Exists) if there is one of that name.
    pub fn creating_schedule(schedule: Schedule) -> Self {
        Self {
            first: Some(First::Schedule(schedule)),
            writes: Vec::new(),
        }
    }

    /// A batch that starts with letting an execution that has ended run again: its end is forgotten, and the state that was
    /// kept of it. [`CommitError::Gone`](crate::CommitError::Gone) if it has been deleted meanwhile.
    pub fn redriving(execution: ExecutionId, redrive: Redrive) -> Self {
        Self {
            first: Some(First::Redrive(execution, redrive)),
            writes: Vec::new(),
        }
    }

    /// Adds the writes of another batch, which creates and redrives nothing.
    pub fn append(&mut self, mut other: Self) {
        debug_assert!(other.first.is_none(), "what may fail stands at the beginning");
        self.writes.append(&mut other.writes);
    }

    /// Makes this revision the state machine's current one.
    pub fn add_revision(&mut self, machine: StateMachineId, revision: Revision) {
        self.writes.push(Write::AddRevision(machine, revision));
    }

    /// Deletes a state machine: its name is free once its last execution has ended. They keep their definition and can be
    /// read.
    pub fn delete_state_machine(&mut self, machine: StateMachineId, at: Timestamp) {
        self.writes.push(Write::DeleteStateMachine(machine, at));
    }

    /// Keeps the engine's state of an execution that has not ended.
    pub fn keep_state(&mut self, execution: ExecutionId, state: Vec<u8>) {
        self.writes.push(Write::KeepState(execution, state));
    }

    /// Ends an execution: its state, timers and tasks go.
    pub fn finish(&mut self, execution: ExecutionId, ending: Ending) {
        self.writes.retain(|write| !write.ends_with(execution));
        match &mut self.first {
            Some(First::Execution(new, ended)) if new.id == execution => *ended = Some(ending),
            _ => self.writes.push(Write::Finish(execution, ending)),
        }
    }

    /// Keeps the engine's state of an execution that has ended and may be redriven.
    pub fn keep_redrivable(&mut self, execution: ExecutionId, state: Vec<u8>) {
        self.writes.push(Write::KeepRedrivable(execution, state));
    }

    /// Forgets what was kept of executions for a redrive.
    pub(crate) fn forget_redrivable(&mut self, executions: Vec<ExecutionId>) {
        self.writes.push(Write::ForgetRedrivable(executions));
    }

    /// Appends to an execution's history.
    pub fn append_history(&mut self, execution: ExecutionId, chunk: Chunk) {
        self.writes.push(Write::AppendHistory(execution, chunk));
    }

    /// Sets a timer.
    pub fn start_timer(&mut self, execution: ExecutionId, timer: TimerId, due: Timestamp) {
        self.writes.push(Write::StartTimer(execution, timer, due));
    }

    /// Removes a timer that has fired or is of no use any more.
    pub fn remove_timer(&mut self, execution: ExecutionId, timer: TimerId) {
        self.writes.push(Write::RemoveTimer(execution, timer));
    }

    /// Adds a task in flight.
    pub fn put_task(&mut self, task: Task) {
        self.writes.push(Write::PutTask(task));
    }

    /// Notes how far a task in flight is.
    pub fn set_task_phase(&mut self, execution: ExecutionId, task: TaskId, phase: TaskPhase) {
        self.writes.push(Write::SetTaskPhase(execution, task, phase));
    }

    /// Removes a task that is over.
    pub fn remove_task(&mut self, execution: ExecutionId, task: TaskId) {
        self.writes.push(Write::RemoveTask(execution, task));
    }

    /// Adds something that is still to be done.
    pub fn put_outbox(&mut self, entry: Outbox) {
        self.writes.push(Write::PutOutbox(entry));
    }

    /// It has been done.
    pub fn remove_outbox(&mut self, entry: OutboxId) {
        self.writes.push(Write::RemoveOutbox(entry));
    }

    /// Deletes an activity.
    pub fn delete_activity(&mut self, name: String) {
        self.writes.push(Write::DeleteActivity(name));
    }

    /// Writes a schedule's next version over the one before it. When it fired last is kept.
    pub fn change_schedule(&mut self, schedule: Schedule) {
        self.writes.push(Write::ChangeSchedule(schedule));
    }

    /// Takes a schedule from one time to the next, unless it has been changed meanwhile.
    pub fn advance_schedule(&mut self, advance: Advance) {
        self.writes.push(Write::AdvanceSchedule(advance));
    }

    /// Looks at a schedule that is due later again. It stays due.
    pub fn put_off_schedule(&mut self, name: String, until: Timestamp) {
        self.writes.push(Write::PutOffSchedule(name, until));
    }

    /// Deletes a schedule.
    pub fn delete_schedule(&mut self, name: String) {
        self.writes.push(Write::DeleteSchedule(name));
    }

    /// Puts a message into a queue.
    pub fn send(&mut self, message: QueueMessage) {
        self.writes.push(Write::Send(message));
    }

    /// Removes messages from a queue, by their positions.
    pub fn drain(&mut self, queue: String, positions: Vec<i64>) {
        self.writes.push(Write::Drain(queue, positions));
    }

    /// Publishes an event to a topic.
    pub fn publish(&mut self, event: PublishedEvent) {
        self.writes.push(Write::Publish(event));
    }

    /// Keeps a message that the built-in inbox received.
    pub fn put_inbox(&mut self, message: InboxMessage) {
        self.writes.push(Write::PutInbox(message));
    }

    /// Sets a value of the whole data directory.
    pub fn set_meta(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.writes.push(Write::SetMeta(key.into(), value.into()));
    }

    /// Deletes what is older than its retention.
    pub(crate) fn purge(&mut self, expired: Expired) {
        self.writes.push(Write::Purge(expired));
    }

    /// Writes everything into the open transaction. Only what comes first can find that it exists already or is gone: so a
    /// batch that answers [`Written::Exists`] or [`Written::Gone`] has written nothing.
    pub(crate) fn apply(&self, connection: &Connection, names: &Names) -> rusqlite::Result<Written> {
        if let Some(first) = &self.first
            && !first.apply(connection, names)?
        {
            return Ok(first.cannot_be());
        }
        self.writes
            .iter()
            .try_for_each(|write| write.apply(connection, names))?;
        Ok(Written::All)
    }

    /// Whether it deletes executions.
    pub(crate) fn purges(&self) -> bool {
        self.writes.iter().any(|write| matches!(write, Write::Purge(_)))
    }
}

/// What has become of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// It is in the transaction.
    All,
    /// What it creates exists.
    Exists,
    /// What it redrives is not there.
    Gone,
}

impl First {
    fn cannot_be(&self) -> Written {
        match self {
            Self::Activity(_) | Self::Execution(..) | Self::StateMachine(_) | Self::Schedule(_) => Written::Exists,
            Self::Redrive(..) => Written::Gone,
        }
    }

    /// Whether it was written.
    fn apply(&self, connection: &Connection, names: &Names) -> rusqlite::Result<bool> {
        match self {
            Self::Activity(new) => activity::insert(connection, new),
            Self::Execution(new, ended) => execution::insert(connection, names, new, ended.as_ref()),
            Self::StateMachine(new) => state_machine::insert(connection, new),
            Self::Schedule(new) => schedule::insert(connection, new),
            Self::Redrive(execution, redrive) => redrive::redrive(connection, *execution, redrive),
        }
    }
}

impl Write {
    /// Whether it says something about this execution that is of no use once it has ended.
    fn ends_with(&self, ended: ExecutionId) -> bool {
        match self {
            Self::KeepState(execution, _)
            | Self::StartTimer(execution, ..)
            | Self::RemoveTimer(execution, _)
            | Self::SetTaskPhase(execution, ..)
            | Self::RemoveTask(execution, _) => *execution == ended,
            Self::PutTask(task) => task.execution == ended,
            _ => false,
        }
    }

    fn apply(&self, connection: &Connection, names: &Names) -> rusqlite::Result<()> {
        match self {
            Self::AddRevision(machine, revision) => state_machine::add_revision(connection, *machine, revision),
            Self::DeleteStateMachine(machine, at) => state_machine::delete(connection, *machine, *at),
            Self::KeepState(execution, state) => execution::keep_state(connection, *execution, state),
            Self::Finish(execution, ending) => execution::finish(connection, *execution, ending),
            Self::KeepRedrivable(execution, state) => redrive::keep(connection, *execution, state),
            Self::ForgetRedrivable(executions) => executions
                .iter()
                .try_for_each(|execution| redrive::forget_state(connection, *execution)),
            Self::AppendHistory(execution, chunk) => history::append(connection, *execution, chunk),
            Self::StartTimer(execution, timer, due) => timer::start(connection, *execution, *timer, *due),
            Self::RemoveTimer(execution, timer) => timer::remove(connection, *execution, *timer),
            Self::PutTask(task) => task::put(connection, task),
            Self::SetTaskPhase(execution, task, phase) => task::set_phase(connection, *execution, *task, *phase),
            Self::RemoveTask(execution, task) => task::remove(connection, *execution, *task),
            Self::PutOutbox(entry) => outbox::put(connection, entry),
            Self::RemoveOutbox(entry) => outbox::remove(connection, *entry),
            Self::DeleteActivity(name) => activity::delete(connection, name),
            Self::ChangeSchedule(schedule) => schedule::change(connection, schedule),
            Self::AdvanceSchedule(advance) => schedule::advance(connection, advance),
            Self::PutOffSchedule(name, until) => schedule::put_off(connection, name, *until),
            Self::DeleteSchedule(name) => schedule::delete(connection, name),
            Self::Send(message) => queue::send(connection, message),
            Self::Drain(queue, positions) => queue::drain(connection, queue, positions),
            Self::Publish(event) => event::publish(connection, event),
            Self::PutInbox(message) => inbox::put(connection, message),
            Self::SetMeta(key, value) => meta::set(connection, key, value),
            Self::Purge(expired) => expired.delete(connection, names),
        }
    }
}
