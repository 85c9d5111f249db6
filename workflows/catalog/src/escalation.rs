//! What `escalate-message` gives its activities, and what it gives out.

use contracts::{
    AcknowledgementRequest, AcknowledgementRequestExpr, Delivery, DeliveryExpr, Escalated, EscalatedExpr, Escalation,
};
use expr::{
    Expr, Is, Nothing, Shape, choose, execution_name, execution_start, redrive_count, retry_count, state_entered,
};
use jiff::Timestamp;

/// What has been tried so far.
#[derive(Shape)]
pub struct Tried {
    /// How many rounds have passed.
    pub rounds: u32,
    /// In how many of them ntfy took the message.
    pub delivered: u32,
}

pub(crate) fn tried<'s>(rounds: impl Is<'s, u32>, delivered: impl Is<'s, u32>) -> impl Is<'s, Tried> {
    TriedExpr { rounds, delivered }
}

/// Asks under a token; without one, nobody waits any more. Whose it is was said with the first token.
pub(crate) fn request<'s>(
    token: impl Is<'s, Option<String>>,
    owner: impl Is<'s, Option<String>>,
) -> Expr<'s, AcknowledgementRequest> {
    AcknowledgementRequestExpr {
        message_id: execution_name(),
        token,
        owner,
    }
    .expr()
}

/// Somebody has seen it.
pub(crate) fn seen<'s>(
    by: impl Is<'s, Option<String>>,
    at: impl Is<'s, Timestamp>,
    tried: impl Is<'s, Tried>,
) -> impl Is<'s, Escalated> {
    let tried = tried.expr();
    EscalatedExpr {
        acknowledged: true,
        by,
        at: at.expr(),
        rounds: tried.rounds.clone(),
        delivered: tried.delivered.clone(),
    }
}

/// Nobody has.
pub(crate) fn unseen<'s>(tried: impl Is<'s, Tried>) -> impl Is<'s, Escalated> {
    let tried = tried.expr();
    EscalatedExpr {
        acknowledged: false,
        by: Nothing,
        at: Nothing,
        rounds: tried.rounds.clone(),
        delivered: tried.delivered.clone(),
    }
}

/// Each round is a notification of its own: ntfy would take another one under the same id for the first.
pub(crate) fn delivery<'s>(
    asked: impl Is<'s, Escalation>,
    topic: impl Is<'s, String>,
    passed: impl Is<'s, u32>,
) -> impl Is<'s, Delivery> {
    let (asked, passed) = (asked.expr(), passed.expr());
    DeliveryExpr {
        message_id: execution_name().concat("-").concat(passed.to_text()),
        body: asked.body.clone(),
        title: asked.title.clone(),
        topic: topic.expr(),
        priority: asked.priority.clone(),
        tags: Nothing,
        click: Nothing,
        markdown: Nothing,
        acknowledge: execution_name(),
        correlation_id: Nothing,
        attempt: retry_count() + redrive_count().or(0),
        round: 0,
        redrive: 0,
        may_be_sent: false,
        // Nobody promises that a redriven execution enters the state no second time.
        since: choose(
            redrive_count().or(0).greater_than(0),
            execution_start(),
            state_entered(),
        ),
    }
}
