//! Waiting until ntfy can be reached again.
//!
//! How long a message waits depends on who stood in its way. Its own attempts that failed double the pause, from 30 s to
//! 15 min. The circuit breaker costs ntfy nothing: the message comes back when the breaker lets a probe through, and only an
//! outage that lasts as long as the doubled pause makes it wait so long. A server that fails now and then, with a breaker that
//! opens and closes, thus keeps nobody away for longer than it has been out of reach; and an outage of an hour costs each
//! message eight rounds, however many share the breaker.

use contracts::{DeliverMessage, Message, Persisted, Receipt};
use expr::{Expr, Is, Nothing, Shape, choose, constant, now, random};
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
    /// How often the pause has been doubled.
    pub doublings: u32,
    /// Whether any attempt so far may have been sent: the next one looks before it sends.
    pub may_be_sent: bool,
}

/// How a message has waited so far.
pub(crate) struct Waited<'s> {
    /// How many rounds.
    round: Expr<'s, u32>,
    /// How often its pause has been doubled.
    doublings: Expr<'s, u32>,
}

/// The bound of the loop below. A week, the longest patience, holds fewer rounds: the longest pauses alone are 672, and the
/// shorter ones before them grow with the rounds: see [`Waited::at_least`].
const ROUNDS: u32 = 850;
/// The first pause after an attempt that failed, in seconds.
const FIRST: f64 = 30.0;
/// The longest pause, in seconds.
const LONGEST: f64 = 900.0;

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
                delivery(&message, &persisted, &round.number, &round.carried.may_be_sent),
                |_, receipt| value(receipt),
                |w, error| {
                    let waited = Waited::so_far(&round.number, &round.carried.doublings);
                    match consequence(error, &waited) {
                        Consequence::Hopeless(reason) => bury(w, &message, reason, Nothing),
                        Consequence::Later(setback) | Consequence::SoonThenLater(setback) => round.again(setback),
                    }
                },
            );
            value(receipt)
        },
        |w, setback| bury(w, &message, &setback.reason, Nothing),
    );
    value(receipt)
}

impl<'s> Waited<'s> {
    /// Not at all: the first attempts have just been made.
    pub(crate) fn not_yet() -> Self {
        Self::so_far(0, 0)
    }

    fn so_far(round: impl Is<'s, u32>, doublings: impl Is<'s, u32>) -> Self {
        Self {
            round: round.expr(),
            doublings: doublings.expr(),
        }
    }

    /// ntfy asks to wait: so long, whatever it is.
    pub(crate) fn limited(&self, retry_after: impl Is<'s, u32>, may_be_sent: impl Is<'s, bool>) -> Expr<'s, Setback> {
        SetbackExpr {
            pause: self.at_least(&retry_after.expr().to_f64()),
            reason: "ntfy asks to wait",
            doublings: self.doublings.clone(),
            may_be_sent,
        }
        .expr()
    }

    /// The circuit breaker is open: until it lets a probe through, lengthened at random by up to a half, so that a crowd does
    /// not come back at once; and longer once the outage lasts as long as the doubled pause.
    pub(crate) fn refused(
        &self,
        retry_after: &Expr<'s, u32>,
        failing_for: impl Is<'s, u32>,
        may_be_sent: impl Is<'s, bool>,
    ) -> Expr<'s, Setback> {
        let until_a_probe = self.at_least(&(retry_after.to_f64() * longer()));
        let lasts = failing_for
            .expr()
            .max(retry_after)
            .to_f64()
            .at_least(self.step().min(LONGEST));
        SetbackExpr {
            pause: choose(&lasts, until_a_probe.max(self.doubled()), &until_a_probe),
            reason: "the circuit breaker is open",
            doublings: choose(lasts, &self.doublings + 1, &self.doublings),
            may_be_sent,
        }
        .expr()
    }

    /// An attempt of this message has failed: the doubled pause.
    pub(crate) fn failed(&self, reason: impl Is<'s, String>) -> Expr<'s, Setback> {
        SetbackExpr {
            pause: self.doubled(),
            reason,
            doublings: &self.doublings + 1,
            may_be_sent: true,
        }
        .expr()
    }

    /// 30, 60, 120 … seconds, lengthened at random by up to a half, at most 15 minutes.
    fn doubled(&self) -> Expr<'s, u32> {
        (self.step() * longer()).min(LONGEST).ceil().saturating_into()
    }

    /// 30, 60, 120 … seconds.
    fn step(&self) -> Expr<'s, f64> {
        constant::<f64>(FIRST) * constant::<f64>(2.0).power(self.doublings.min(5))
    }

    /// So many seconds, and longer the more rounds there have been: 16 s after 32 of them, a minute after 62, 15 minutes after
    /// 240. Whoever asks to wait for a second at a time does not thereby use up the rounds of a message, nor its history.
    fn at_least(&self, seconds: &Expr<'s, f64>) -> Expr<'s, u32> {
        let slowly = (self.round.to_f64().power(2) / 64.0).min(LONGEST);
        seconds.max(slowly).ceil().saturating_into()
    }
}

/// A factor between 1 and 1.5.
fn longer<'s>() -> Expr<'s, f64> {
    random() / 2.0 + 1.0
}
