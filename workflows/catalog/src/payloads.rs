//! What the activities are given, and what the workflow gives.

use contracts::{
    Delivery, DeliveryExpr, Execution, ExecutionExpr, Message, Outcome, OutcomeExpr, OutcomeStatus, PersistRequest,
    PersistRequestExpr, Persisted, Processed, ProcessedExpr, Receipt,
};
use expr::{Is, Nothing, choose, execution_arn, execution_name, execution_start, redrive_count, retry_count};

pub(crate) fn persist_request<'s>(message: impl Is<'s, Message>) -> impl Is<'s, PersistRequest> {
    PersistRequestExpr {
        message,
        execution: execution(),
    }
}

fn execution<'s>() -> impl Is<'s, Execution> {
    ExecutionExpr {
        arn: execution_arn(),
        name: execution_name(),
        started_at: execution_start(),
    }
}

/// `receipt` is there if and only if the message was delivered, `reason` if it failed.
pub(crate) fn outcome<'s>(
    status: OutcomeStatus,
    message: impl Is<'s, Message>,
    receipt: impl Is<'s, Option<Receipt>>,
    reason: impl Is<'s, Option<String>>,
) -> impl Is<'s, Outcome> {
    OutcomeExpr {
        status,
        execution: execution(),
        message,
        receipt,
        reason,
    }
}

/// One attempt. Before a message is sent again, ntfy is asked for what it got since the first attempt: in a redrive of the
/// message that was in an earlier execution. A redrive of the execution counts retries from 0 again, and is counted itself.
pub(crate) fn delivery<'s>(
    message: impl Is<'s, Message>,
    persisted: impl Is<'s, Persisted>,
    round: impl Is<'s, u32>,
    may_be_sent: impl Is<'s, bool>,
) -> impl Is<'s, Delivery> {
    let message = message.expr();
    DeliveryExpr {
        message_id: persisted.expr().message_id.clone(),
        body: message.body.clone(),
        title: message.title.clone(),
        topic: message.topic.clone(),
        priority: message.priority.clone(),
        tags: message.tags.clone(),
        click: message.click.clone(),
        markdown: message.markdown.clone(),
        acknowledge: Nothing,
        correlation_id: message.correlation_id.clone(),
        attempt: retry_count() + redrive_count().or(0),
        round,
        redrive: message.redrive.clone(),
        may_be_sent: may_be_sent.expr(),
        since: choose(
            message.redrive.greater_than(0),
            message.created_at.or(execution_start()),
            execution_start(),
        ),
    }
}

/// The workflow's output.
pub(crate) fn processed<'s>(
    persisted: impl Is<'s, Persisted>,
    duplicate: bool,
    receipt: impl Is<'s, Option<Receipt>>,
) -> impl Is<'s, Processed> {
    ProcessedExpr {
        message_id: persisted.expr().message_id.clone(),
        duplicate,
        receipt,
    }
}
