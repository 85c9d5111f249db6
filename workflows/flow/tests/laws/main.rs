//! What a workflow means does not change on its way to the States Language: random workflows are told twice, by a direct
//! interpreter of a few plain lines and by the engine running the printed definition. The same calls in the same order, the
//! same end.
//!
//! `FLOW_CASES` says how many workflows are told.

mod build;
mod contracts;
mod meaning;
mod program;
mod run;

use std::{num::NonZero, thread};

use proptest::{
    prelude::*,
    test_runner::{RngAlgorithm, TestCaseResult, TestRunner},
};
use serde_json::Value;

use crate::program::Block;

/// The cases of a run that does not say how many.
const CASES: u32 = 5_000;

fn the_engine_does_what_the_author_said(program: &Block, input: &Value) -> TestCaseResult {
    let workflow = build::build(program);
    prop_assert_eq!(&workflow.findings, &vec![], "{:#?}", program);
    let findings = asl::validate(&workflow.definition, &asl::Options::default());
    let text = asl::print(&workflow.definition);
    prop_assert!(findings.is_empty(), "{:?}\n{}", findings, text);
    let said = meaning::run(program, input);
    let done = run::run(&text, input);
    prop_assert_eq!(said.fault(&done.calls, &done.times), None, "{}\n{}", input, text);
    prop_assert_eq!(done.end, said.end, "{}\n{}", input, text);
    Ok(())
}

#[test]
fn the_engine_does_what_authors_said() {
    #[allow(
        clippy::disallowed_methods,
        reason = "how many cases are tried is for who runs the tests to say"
    )]
    let asked = std::env::var("FLOW_CASES").ok();
    let cases = asked.map_or(CASES, |cases| cases.parse().expect("FLOW_CASES is a number"));
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = cases.div_ceil(u32::try_from(threads).unwrap_or(1));
    let config = ProptestConfig {
        failure_persistence: None,
        // Any numbers do; the default generator takes a sixth of the time without optimisation.
        rng_algorithm: RngAlgorithm::XorShift,
        ..ProptestConfig::with_cases(share)
    };
    thread::scope(|scope| {
        for _ in 0..threads {
            let told = || {
                let strategy = (program::program(), program::input());
                let law = |(program, input)| the_engine_does_what_the_author_said(&program, &input);
                TestRunner::new(config.clone())
                    .run(&strategy, law)
                    .unwrap_or_else(|failure| panic!("{failure}"));
            };
            // The deepest programs want more than a thread has of its own accord, in a build without optimisation.
            let thread = thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, told);
            thread.expect("this machine starts threads");
        }
    });
}
