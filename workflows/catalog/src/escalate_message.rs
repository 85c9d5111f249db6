//! `escalate-message`: a message is delivered again and again, to one topic after the other, until somebody says that they
//! have seen it, or every round has passed.

use contracts::{
    Acknowledged, AcknowledgedExpr, AskForAcknowledgement, AskForAcknowledgementError, DeliverMessage,
    DeliverMessageError, Escalated, Escalation,
};
use expr::{Expr, Is, Nothing};
use flow::{Retry, Round, Scope, Then, Unanswered, Workflow, value, workflow};

use crate::escalation::{Tried, delivery, request, seen, tried, unseen};
use crate::process_message::blame;

/// The bound of the loop: five topics, ten rounds each.
const ROUNDS: u32 = 50;
/// The input asks for what is not possible; the cause names the field.
const INVALID: &str = "Escalation.InvalidInput";
/// ntfy takes this message in no round; the cause says why.
const UNDELIVERABLE: &str = "Escalation.Undeliverable";
/// Something that every round needs has not answered for minutes.
const STOPPED: &str = "Escalation.Stopped";
/// How often it is asked again for an acknowledgement where that could not be written down.
const AGAIN: Retry = Retry::times(6).interval(2);

/// The execution's name is the id by which the message is acknowledged.
pub fn escalate_message() -> Workflow {
    let main = workflow::<Escalation, Escalated>(
        "escalate-message",
        |w, _, failure| w.fail_because(STOPPED, blame(failure)),
        |w, asked| {
            within(w, "HasTopics", &asked.topics.count(), 1, 5, "topics: name 1 to 5");
            within(w, "HasRounds", &asked.rounds, 1, 10, "rounds: ask for 1 to 10");
            within(w, "HasPause", &asked.pause, 10, 86_400, "pause: give 10 to 86400");
            let ended = w.named("AreRoundsLeft").repeat_with::<Tried, _>(
                ROUNDS,
                "tried",
                tried(0, 0),
                |w, round| {
                    let topic = asked.topics.get(round.carried.rounds.div_floor(&asked.rounds));
                    let ended = w.named("IsTopicLeft").if_none_else(
                        &topic,
                        |w| nobody(w, &round.carried),
                        |w, topic| one_round(w, &asked, topic, &round),
                    );
                    value(ended)
                },
                |w, tried| nobody(w, tried),
            );
            value(ended)
        },
    );
    main.commented("Delivers a message to one topic after the other until somebody acknowledges it.")
}

/// Ends here, naming the remedy, unless a number lies between two others.
fn within<'s>(w: &Scope<'s, '_>, name: &str, number: &Expr<'s, u32>, least: u32, most: u32, remedy: &'static str) {
    w.named(name)
        .end_if(number.less_than(least) | number.greater_than(most), |w| {
            let remedy = w.keep::<String>("remedy", remedy);
            w.fail_because(INVALID, &remedy)
        });
}

/// Delivers, and waits for an acknowledgement.
fn one_round<'s, 'round: 's>(
    w: &Scope<'s, '_>,
    asked: impl Is<'s, Escalation>,
    topic: impl Is<'s, String>,
    round: &Round<'round, Tried>,
) -> Then<'s, Escalated> {
    let asked = asked.expr();
    let before: Expr<'s, Tried> = (&round.carried).expr();
    let delivered = w.call_then(
        DeliverMessage,
        delivery(&asked, topic, &before.rounds),
        |_, _| value(&before.delivered + 1),
        |w, error| match error {
            DeliverMessageError::Rejected { reason } | DeliverMessageError::Misconfigured { reason } => {
                w.fail_because(UNDELIVERABLE, reason)
            }
            DeliverMessageError::RateLimited { .. } | DeliverMessageError::CircuitOpen { .. } => {
                value(&before.delivered)
            }
            DeliverMessageError::Unavailable { .. } | DeliverMessageError::Ambiguous { .. } => {
                Retry::times(3).then(value(&before.delivered))
            }
        },
    );
    let passed = w.keep::<Tried>("passed", tried(&before.rounds + 1, delivered));
    let answer = w.call_and_wait::<_, Acknowledged>(
        AskForAcknowledgement,
        &asked.pause,
        |token| request(Is::<String>::expr(token), asked.owner.clone()),
        |_, error| match error {
            AskForAcknowledgementError::Given { by, at } => value(AcknowledgedExpr { by, at }),
        },
        |w, unanswered| match unanswered {
            Unanswered::Timeout | Unanswered::HeartbeatTimeout => round.again(&passed),
            // Asking again is harmless: the last token counts.
            Unanswered::Failed(failure) => AGAIN.then(w.fail_because(STOPPED, blame(&failure))),
        },
    );
    value(seen(&answer.by, &answer.at, &passed))
}

/// Every round has passed. An acknowledgement that came between the last of them and now still counts.
fn nobody<'s>(w: &Scope<'s, '_>, before: impl Is<'s, Tried>) -> Then<'s, Escalated> {
    let before = before.expr();
    let in_vain = w.keep::<Tried>("triedInVain", tried(&before.rounds, &before.delivered));
    let ended = w.named("StopWaiting").call_then(
        AskForAcknowledgement,
        request(Nothing, Nothing),
        |_, _| value(unseen(&in_vain)),
        |_, error| match error {
            AskForAcknowledgementError::Given { by, at } => value(seen(by, at, &in_vain)),
        },
    );
    value(ended)
}
