//! How long ntfy is left alone before the next attempt.

use expr::{Expr, Is, Shape, constant, random};

/// Why ntfy has to be left alone for a while.
#[derive(Shape)]
pub struct Setback {
    /// Seconds.
    pub pause: u32,
    /// Why, in one line without the message's text.
    pub reason: String,
}

/// Seconds to wait after the given round: 30, 60, 120 … lengthened at random by up to a half, at most 15 minutes.
pub(crate) fn doubling<'s>(round: impl Is<'s, u32>) -> Expr<'s, u32> {
    let (first, factor): (Expr<f64>, Expr<f64>) = (constant(30.0), constant(2.0));
    let pause = first * factor.power(round.expr().min(5).to_f64());
    (pause * (random() / 2.0 + 1.0)).min(900.0).ceil()
}
