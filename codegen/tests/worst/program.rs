//! Random programs, and the workflows that they are. What fails leads on as if it had not: no way is the longer one because
//! of errors that nobody can bring about.

use expr::{Expr, Is, Shape, retry_count};
use flow::{Failure, Retry, Round, Scope, Workflow, value, workflow};
use proptest::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A part of a program. What is inside comes one after the other.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// A message is sent, with so many retries.
    Send(u32),
    /// So many seconds pass.
    Wait(u32),
    /// So many rounds, left before by what somebody decides.
    Loop(u32, Vec<Part>, Leave),
    /// Two things at the same time.
    Both(Vec<Part>, Vec<Part>),
    /// The same for so many items, so many at a time.
    Each(u32, u32, Vec<Part>),
}

/// How a loop is left at the end of a round, if somebody decides so.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Leave {
    /// It is not.
    Never,
    /// It goes on behind the loop.
    Behind,
    /// It goes on with the next round of the loop around, or behind the loop where there is none.
    Around,
}

/// How often it is asked again for a decision.
pub(crate) const ASKED_AGAIN: u32 = 1;

/// A random program.
pub(crate) fn parts() -> impl Strategy<Value = Vec<Part>> {
    let leaf = prop_oneof![(0..3_u32).prop_map(Part::Send), (1..9_u32).prop_map(Part::Wait)];
    let part = leaf.prop_recursive(4, 12, 3, |inner| {
        let body = || proptest::collection::vec(inner.clone(), 1..4);
        let leave = prop_oneof![Just(Leave::Never), Just(Leave::Behind), Just(Leave::Around)];
        prop_oneof![
            4 => (1..4_u32, body(), leave).prop_map(|(rounds, body, leave)| Part::Loop(rounds, body, leave)),
            1 => (body(), body()).prop_map(|(one, two)| Part::Both(one, two)),
            1 => (1..4_u32, 1..4_u32, body()).prop_map(|(items, at_once, body)| Part::Each(items, at_once, body)),
        ]
    });
    proptest::collection::vec(part, 1..4)
}

#[derive(Serialize, Deserialize, JsonSchema, Shape)]
struct Nothing {}

/// The workflow that a program is. States are named after what they do and where they stand in it.
pub(crate) fn build(program: &[Part]) -> Workflow {
    workflow::<Nothing, bool>(
        "random",
        |w, _, _: &Failure<'_>| w.fail("Broken"),
        |w, _| {
            whole(w, program, "");
            value(true)
        },
    )
}

/// What ends with a wait: an error that is caught by the last call would else lead to a state that success does without.
fn whole(w: &Scope<'_, '_>, parts: &[Part], at: &str) {
    sequence(w, parts, at, None);
    w.named(&format!("Last{at}")).wait(1);
}

fn sequence<'s, 'r: 's>(w: &Scope<'s, '_>, parts: &[Part], at: &str, around: Option<&Round<'r, ()>>) {
    for (nth, part) in parts.iter().enumerate() {
        step(w, part, &format!("{at}{nth}"), around);
    }
}

fn step<'s, 'r: 's>(w: &Scope<'s, '_>, part: &Part, at: &str, around: Option<&Round<'r, ()>>) {
    match part {
        Part::Send(retries) => {
            let again = Retry::times(*retries).without_jitter();
            w.named(&format!("Send{at}"))
                .sqs_send_message::<u32>("Letters", retry_count(), |_, _| again.then(value(())));
        }
        Part::Wait(seconds) => w.named(&format!("Wait{at}")).wait(*seconds),
        Part::Loop(rounds, body, leave) => repeat(w, *rounds, body, *leave, at, around),
        Part::Both(one, two) => {
            let branch = |name: &str, body: &[Part]| {
                let at = format!("{at}{name}");
                w.branch::<bool>(&format!("Half{at}"), |w| {
                    whole(w, body, &at);
                    value(true)
                })
            };
            let both = (branch("One", one), branch("Two", two));
            w.named(&format!("Both{at}")).parallel(both, |_, _| value((true, true)));
        }
        Part::Each(items, at_once, body) => {
            let items: Expr<'s, Vec<u32>> = match items {
                1 => [1].expr(),
                2 => [1, 2].expr(),
                _ => [1, 2, 3].expr(),
            };
            let run = |w: &Scope<'_, '_>| whole(w, body, &format!("{at}In"));
            w.max_concurrency(*at_once).map::<u32, bool>(
                &format!("Each{at}"),
                &items,
                |w, _| {
                    run(w);
                    value(true)
                },
                |_, _| value([true]),
            );
        }
    }
}

fn repeat<'s, 'r: 's>(
    w: &Scope<'s, '_>,
    rounds: u32,
    body: &[Part],
    leave: Leave,
    at: &str,
    around: Option<&Round<'r, ()>>,
) {
    w.named(&format!("Loop{at}")).repeat_at_most::<()>(
        rounds,
        |w, round| {
            sequence(w, body, &format!("{at}In"), Some(&round));
            let left = match leave {
                Leave::Never => return round.again(()),
                Leave::Around => around,
                Leave::Behind => None,
            };
            let done = decide(w, at);
            let ended = w.named(&format!("Done{at}")).if_else::<()>(
                &done,
                |_| left.map_or_else(|| value(()), |around| around.again(())),
                |_| round.again(()),
            );
            value(ended)
        },
        |_| value(()),
    );
}

fn decide<'s>(w: &Scope<'s, '_>, at: &str) -> Expr<'s, bool> {
    let again = Retry::times(ASKED_AGAIN).without_jitter();
    w.named(&format!("Ask{at}"))
        .lambda_invoke::<u32, bool>("Decide", retry_count(), |_, _| again.then(value(true)))
}
