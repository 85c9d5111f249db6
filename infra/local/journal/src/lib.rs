//! Everything durable on one machine: state machines, executions, histories, timers, tasks in flight, queues, events.
//!
//! One SQLite file in WAL mode with `synchronous = FULL`. All writes go through one thread that gathers the batches of
//! whoever waits into one transaction, so that one fsync serves them all; a caller's [`Journal::commit`] returns when its
//! batch is durable. Readers have connections of their own and see what is committed.
//!
//! The journal knows the engine's identifiers and statuses and nothing of what a state machine means.

mod activity;
mod batch;
mod checkpoint;
mod connection;
mod error;
mod event;
mod execution;
mod history;
mod inbox;
mod inspect;
mod journal;
mod lock;
mod meta;
mod names;
mod outbox;
mod purge;
mod queue;
mod readers;
mod redrive;
mod row;
mod schedule;
mod schema;
mod state_machine;
mod task;
mod timer;
mod writer;

pub use activity::Activity;
pub use batch::Batch;
pub use error::{CommitError, OpenError, ReadError};
pub use event::PublishedEvent;
pub use execution::{Ending, Execution, ExecutionFilter, ExecutionId, NewExecution, Summary, Unfinished};
pub use history::Chunk;
pub use inbox::{InboxMessage, InboxSince};
pub use inspect::{Inspection, Owner, inspect, owner};
pub use journal::{Journal, Settings, Stats};
pub use meta::RETENTION_CLOCK;
pub use outbox::{Outbox, OutboxId};
pub use queue::QueueMessage;
pub use redrive::{Redrivability, Redrive};
pub use schedule::{Advance, Schedule};
pub use state_machine::{NewStateMachine, Revision, StateMachine, StateMachineId};
pub use task::{Task, TaskPhase};
pub use timer::DueTimer;
