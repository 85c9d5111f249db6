//! The worst case is one: random workflows of loops, branches and iterations are built, reported and run by the engine on
//! its virtual clock. Nothing costs more than the report says, and who means ill makes it cost exactly that.

mod worst {
    pub(crate) mod host;
    pub(crate) mod program;
}

use proptest::prelude::*;
use serde_json::Value;
use worst::{
    host::{Cost, Host},
    program::{Part, build, parts},
};

/// The figures of a program's report; `None` if its history is longer than Step Functions allows.
fn reported(program: &[Part]) -> Option<(Cost, String)> {
    let workflow = build(program);
    let files = match codegen::expected(std::slice::from_ref(&workflow)) {
        Ok(files) => files,
        Err(invalid) => {
            let told: Vec<_> = invalid.iter().map(ToString::to_string).collect();
            assert!(told.iter().all(|one| one.contains("Step Functions ends")), "{told:?}");
            return None;
        }
    };
    let file = |name: &str| {
        let mut found = files.iter().filter(|(path, _)| path.ends_with(name));
        found.next().expect("a file of the workflow").1.clone()
    };
    let report: Value = serde_json::from_str(&file("report.json")).expect("JSON");
    let figure = |pointer: &str| report.pointer(pointer).and_then(Value::as_u64).expect(pointer);
    let cost = Cost {
        transitions: figure("/transitions/worst/count"),
        events: figure("/events/worst"),
        seconds: figure("/duration/worst_seconds"),
    };
    Some((cost, file("definition.asl.json")))
}

#[test]
fn two_loops_of_a_hundred_rounds_are_ten_thousand() {
    let send = vec![Part::Wait(1)];
    let inner = Part::Loop(100, send, worst::program::Leave::Never);
    let nested = [Part::Loop(100, vec![inner], worst::program::Leave::Never)];
    assert!(reported(&nested).is_none(), "its history may reach 40,000 events");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn nothing_costs_more_than_the_worst_case_and_who_means_ill_makes_it_cost_that(
        program in parts(),
        answers in proptest::collection::vec(any::<u8>(), 1..64),
    ) {
        let Some((most, definition)) = reported(&program) else { return Err(TestCaseError::reject("too long")) };
        let any = Host::new(&definition, Some(&answers)).run();
        prop_assert!(
            any.transitions <= most.transitions && any.events <= most.events && any.seconds <= most.seconds,
            "{any:?} is more than {most:?}\n{definition}"
        );
        let ill = Host::new(&definition, None).run();
        prop_assert_eq!(ill, most, "{}", definition);
    }
}
