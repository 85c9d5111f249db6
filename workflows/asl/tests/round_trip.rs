//! Laws: what is printed reads back as it was, and no text makes the parser panic.

mod generator;

use asl::{Options, StateMachine, check, parse, print};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_printed_machine_reads_back(machine in generator::machine()) {
        let text = print(&machine);
        let parsed = parse(&text).map_err(|findings| TestCaseError::fail(findings.render("printed").to_string()))?;
        prop_assert_eq!(&parsed.machine, &machine);
        prop_assert_eq!(print(&parsed.machine), text);
        prop_assert_eq!(StateMachine::from_json(&machine.to_json()), Ok(machine));
    }

    #[test]
    fn every_state_has_a_place(machine in generator::machine()) {
        let text = print(&machine);
        let parsed = parse(&text).map_err(|findings| TestCaseError::fail(findings.to_string()))?;
        let printed = parsed.machine.to_json();
        for visit in parsed.machine.walk() {
            let key = parsed.source.key(&visit.pointer).expect("a state that was read has a place");
            prop_assert_eq!(&text[key.span], serde_json::to_string(visit.name).expect("a name is a JSON string"));
            let value = parsed.source.value(&visit.pointer).expect("a state that was read has a place");
            prop_assert_eq!(json(&text[value.span]), json(&printed.pointer(&visit.pointer.to_string()).expect("it was printed").to_string()));
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let _ = check(&text, &Options::default()).map_err(|findings| format!("{:#}", findings.render("text")));
    }

    #[test]
    fn no_damage_makes_it_panic(machine in generator::machine(), at in any::<prop::sample::Index>(), with in "[\\PC\"{}\\[\\],:$.%]{0,3}") {
        let mut text = print(&machine);
        let places: Vec<_> = text.char_indices().map(|(place, _)| place).collect();
        let from = places[at.index(places.len())];
        let to = (from + 1..=text.len()).find(|end| text.is_char_boundary(*end)).expect("the end is a boundary");
        text.replace_range(from..to, &with);
        let _ = check(&text, &Options::default()).map_err(|findings| format!("{:#}", findings.render("text")));
    }
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("a state is JSON")
}

#[test]
fn deep_nesting_is_refused_rather_than_followed() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let text = open.repeat(1_000_000) + "1" + &close.repeat(1_000_000);
        let findings = parse(&text).expect_err("a million levels are too many");
        assert_eq!(findings[0].code(), "TOO_DEEPLY_NESTED");
    }
}
