//! Waiting until ntfy can be reached again.

use contracts::{DeliverMessage, Message, Persisted, Receipt};
use expr::{Expr, Is, Nothing, Shape, constant, now, random};
use flow::{Scope, Then, value};

use crate::{dead_letter::bury, payloads::delivery, process_message::consequence};

/// What is to be done about a message that was not delivered.
pub(crate) enum Consequence<'s> {
    /// Nothing: no attempt can succeed, for this reason.
    Hopeless(Expr<'s, String>),
    /// Try again after a pause.
    Later(Expr<'s, Setback>),
    /// Try again within seconds, and then after a pause.
    SoonThenLater(Expr<'s, Setback>),
}

/// Why ntfy has to be left alone for a while.
#[derive(Shape)]
pub struct Setback {
    /// Seconds.
    pub pause: u32,
    /// Why, in one line without the message's text.
    pub reason: String,
}

pub(crate) fn setback<'s>(pause: impl Is<'s, u32>, reason: impl Is<'s, String>) -> Expr<'s, Setback> {
    SetbackExpr { pause, reason }.expr()
}

/// The bound of the loop below. A week, the longest patience, holds fewer of the longest pauses.
const ROUNDS: u32 = 700;

/// Waits and tries once more, round after round, while the message's patience lasts. A round is a single attempt, so that
/// an outage of an hour costs few transitions.
pub(crate) fn keep_trying<'s>(
    w: &Scope<'s, '_>,
    message: impl Is<'s, Message>,
    persisted: impl Is<'s, Persisted>,
    first: impl Is<'s, Setback>,
) -> Then<'s, Receipt> {
    let (message, persisted) = (message.expr(), persisted.expr());
    let receipt = w.named("IsPatienceSpent").repeat_with::<Setback, _>(
        ROUNDS,
        "setback",
        first,
        |w, round| {
            let (pause, reason) = (&round.carried.pause, &round.carried.reason);
            let spent = now().plus_seconds(pause).is_after(&persisted.patience_ends);
            w.end_if(spent, |w| bury(w, &message, reason, Nothing));
            w.named("LeaveNtfyAlone").wait(pause);
            let receipt = w.named("DeliverAgain").call_then(
                DeliverMessage,
                delivery(&message, &persisted, &round.number),
                |_, receipt| value(receipt),
                |w, error| match consequence(error, &round.number) {
                    Consequence::Hopeless(reason) => bury(w, &message, reason, Nothing),
                    Consequence::Later(setback) | Consequence::SoonThenLater(setback) => round.again(setback),
                },
            );
            value(receipt)
        },
        |w, setback| bury(w, &message, &setback.reason, Nothing),
    );
    value(receipt)
}

/// Seconds to wait after the given round: 30, 60, 120 … lengthened at random by up to a half, at most 15 minutes.
pub(crate) fn doubling<'s>(round: impl Is<'s, u32>) -> Expr<'s, u32> {
    let (first, factor): (Expr<f64>, Expr<f64>) = (constant(30.0), constant(2.0));
    let pause = first * factor.power(round.expr().min(5).to_f64());
    (pause * (random() / 2.0 + 1.0)).min(900.0).ceil()
}
