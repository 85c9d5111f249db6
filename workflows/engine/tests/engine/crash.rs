//! The crash law: an execution that is stored and read back between all events has the history, the effects and the end of
//! one that is not.
//!
//! `REZ_CRASH_CASES=10000 cargo test -p engine --test engine crash` runs so many random machines instead of a few.

mod coverage;
mod language;
mod sketch;
mod world;
mod write;

use std::cell::RefCell;

use engine::{Effect, Event, ExecutionStatus};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::simulation::{Outcome, Simulation};
use coverage::Coverage;
use sketch::sketches;

/// How many machines are tried when nobody says.
const CASES: u32 = 500;

#[test]
fn crashes_make_no_difference() {
    let mut runner = TestRunner::new(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let coverage = RefCell::new(Coverage::default());
    let stop = prop::option::weighted(0.15, 0..20_u8);
    let redrives = prop_oneof![3 => Just(0), 1 => 1..4_u8];
    let outside = (stop, redrives).prop_map(|(stop, redrives)| Outside { stop, redrives });
    let judged = runner.run(&(sketches(), any::<u64>(), outside), |(sketch, seed, outside)| {
        let definition = write::definition(&sketch).to_string();
        let checked = asl::check(&definition, &asl::Options::default());
        prop_assert!(checked.is_ok(), "{:?}: {}", checked, definition);
        let straight = run(&definition, seed, outside, false);
        let crashed = run(&definition, seed, outside, true);
        prop_assert!(straight == crashed, "{}", difference(&straight, &crashed));
        lawful(&straight)?;
        coverage.borrow_mut().count(&straight, &sketch.parts());
        Ok(())
    });
    judged.unwrap_or_else(|failure| panic!("{failure}"));
    coverage.into_inner().check();
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long the test runs is said by whoever runs it"
)]
fn cases() -> u32 {
    let asked = std::env::var("REZ_CRASH_CASES").ok();
    asked.map_or(CASES, |cases| cases.parse().expect("REZ_CRASH_CASES is a number"))
}

/// What is done to an execution.
#[derive(Clone, Copy, Debug)]
struct Outside {
    /// The second at which it is stopped.
    stop: Option<u8>,
    /// How often it is redriven.
    redrives: u8,
}

fn run(definition: &str, seed: u64, Outside { stop, redrives }: Outside, crashes: bool) -> Outcome {
    let mut simulation = Simulation::new(definition, |request| world::replies(request, seed));
    simulation.crashes = crashes;
    simulation.redrives = redrives;
    let stopped = Event::Stopped {
        error: Some("Stop".into()),
        cause: None,
    };
    let stop = stop.map(|seconds| (i64::from(seconds) * 1000, stopped));
    simulation.agenda = stop.into_iter().collect();
    simulation.run("{\"a\":  1}")
}

/// Where two runs part, and what each has there.
fn difference(straight: &Outcome, crashed: &Outcome) -> String {
    let pairs = straight.history.iter().zip(&crashed.history);
    match pairs.into_iter().find(|(straight, crashed)| straight != crashed) {
        Some((straight, crashed)) => format!("without a crash: {straight:?}\nwith one: {crashed:?}"),
        None => format!("without a crash: {straight:?}\nwith one: {crashed:?}"),
    }
}

/// What holds for every execution. The simulation asserts more while it runs: only what runs is cancelled, nothing happens
/// after the end, and at the end every task is answered or cancelled and no timer runs.
fn lawful(outcome: &Outcome) -> Result<(), TestCaseError> {
    prop_assert_ne!(
        outcome.status,
        ExecutionStatus::Running,
        "the execution is stuck: {:?}",
        outcome.shape()
    );
    for (index, event) in (1..).zip(&outcome.history) {
        prop_assert_eq!(event.id, index, "ids have no gaps");
        prop_assert!(
            event.previous_event_id < event.id,
            "an event is led to by an earlier one"
        );
    }
    let types = outcome.types();
    let begins = |name: &&String| ["ExecutionStarted", "ExecutionRedriven"].contains(&name.as_str());
    let ends = |name: &&String| name.starts_with("Execution") && !begins(name);
    let runs = types.iter().filter(begins).count();
    prop_assert_eq!(types.iter().filter(ends).count(), runs, "{:?}", types);
    prop_assert!(
        types.last().is_some_and(|last| ends(&last)),
        "the end comes last: {:?}",
        types
    );
    let finishes = outcome
        .effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Finish { .. }));
    prop_assert_eq!(finishes.count(), runs);
    Ok(())
}
