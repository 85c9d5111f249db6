//! What a workflow means does not change on its way to the States Language: random workflows are told twice, by a direct
//! interpreter of a few plain lines and by the engine running the printed definition. The same calls in the same order, the
//! same end.

mod build;
mod meaning;
mod program;
mod run;

use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn the_engine_does_what_the_author_said(program in program::program(), input in program::input()) {
        let workflow = build::build(&program);
        prop_assert_eq!(&workflow.findings, &vec![], "{:#?}", program);
        let findings = asl::validate(&workflow.definition, &asl::Options::default());
        prop_assert!(findings.is_empty(), "{:?}\n{}", findings, asl::print(&workflow.definition));
        let said = meaning::run(&program, &input);
        let done = run::run(&workflow.definition, &input);
        prop_assert_eq!(done, said, "{}\n{}", input, asl::print(&workflow.definition));
    }
}
