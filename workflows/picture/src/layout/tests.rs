//! Laws of the layout.

use super::{MOST_STATES, NotDrawn, Picture, StateBox};

fn machine(states: &str, start: &str) -> asl::StateMachine {
    let text = format!(r#"{{"StartAt": "{start}", "States": {{{states}}}}}"#);
    asl::parse(&text).unwrap().machine
}

const NESTED: &str = r#"
    "Each": {"Type": "Map", "ItemProcessor": {"StartAt": "Both", "States": {
        "Both": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}},
            {"StartAt": "C", "States": {"C": {"Type": "Pass", "End": true}}}]}}},
        "Catch": [{"ErrorEquals": ["X"], "Next": "Each"}, {"ErrorEquals": ["Y"], "Next": "Bad"}], "Next": "Good"},
    "Good": {"Type": "Succeed"}, "Bad": {"Type": "Fail"}"#;

fn find<'a>(picture: &'a Picture, name: &str) -> &'a StateBox {
    picture.boxes.iter().find(|state| state.name == name).unwrap()
}

fn contains(outer: &StateBox, inner: &StateBox) -> bool {
    outer.x <= inner.x
        && outer.y <= inner.y
        && inner.x + inner.width <= outer.x + outer.width
        && inner.y + inner.height <= outer.y + outer.height
}

fn overlap(a: &StateBox, b: &StateBox) -> bool {
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

#[test]
fn what_stands_inside_of_a_state_is_drawn_inside_of_it() {
    let picture = Picture::of(&machine(NESTED, "Each")).unwrap();
    for (outer, inner) in [("Each", "Both"), ("Both", "A"), ("Both", "B"), ("Both", "C")] {
        assert!(
            contains(find(&picture, outer), find(&picture, inner)),
            "{inner} in {outer}"
        );
    }
    for (one, other) in [
        ("Each", "Good"),
        ("Each", "Bad"),
        ("Good", "Bad"),
        ("A", "C"),
        ("B", "C"),
        ("A", "B"),
    ] {
        assert!(
            !overlap(find(&picture, one), find(&picture, other)),
            "{one} and {other}"
        );
    }
    assert_eq!(find(&picture, "A").kind, "Pass");
    assert!(find(&picture, "Each").container && find(&picture, "Both").inside && !find(&picture, "Good").container);
}

#[test]
fn every_transition_has_its_arrow_also_one_back_to_the_same_state() {
    let picture = Picture::of(&machine(NESTED, "Each")).unwrap();
    let arrows: Vec<_> = (picture.arrows.iter())
        .map(|arrow| {
            (
                arrow.from.as_str(),
                arrow.to.as_str(),
                arrow.caught,
                arrow.points.len() > 1,
            )
        })
        .collect();
    for expected in [
        ("A", "B", false, true),
        ("Each", "Good", false, true),
        ("Each", "Each", true, true),
        ("Each", "Bad", true, true),
    ] {
        assert!(arrows.contains(&expected), "{expected:?} in {arrows:?}");
    }
}

#[test]
fn everything_lies_within_the_picture() {
    let picture = Picture::of(&machine(NESTED, "Each")).unwrap();
    for state in &picture.boxes {
        assert!(state.x >= 0.0 && state.y >= 0.0, "{state:?}");
        assert!(
            state.x + state.width <= picture.width && state.y + state.height <= picture.height,
            "{state:?}"
        );
    }
}

#[test]
fn a_definition_that_nobody_could_read_has_no_picture() {
    let one = |n: usize| format!(r#""S{n}": {{"Type": "Pass", "Next": "S{}"}}"#, n + 1);
    let states: Vec<String> = (0..MOST_STATES).map(one).collect();
    let text = format!(r#"{}, "S{MOST_STATES}": {{"Type": "Succeed"}}"#, states.join(", "));
    assert_eq!(
        Picture::of(&machine(&text, "S0")),
        Err(NotDrawn::TooLarge(MOST_STATES + 1))
    );
    assert_eq!(
        Picture::of(&machine(r#""A": {"Type": "Pass", "Next": "B"}"#, "A")),
        Err(NotDrawn::NoState("B".into()))
    );
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    /// Any graph of choices has a picture: loops, parallel arrows, states that nothing leads to.
    #[test]
    fn every_graph_can_be_drawn(edges in proptest::collection::vec((0_usize..12, 0_usize..12), 0..40)) {
        let state = |n: usize| {
            let rules: Vec<String> = (edges.iter().filter(|(from, _)| *from == n))
                .map(|(_, to)| format!(r#"{{"Variable": "$.a", "IsNull": true, "Next": "S{to}"}}"#))
                .collect();
            if rules.is_empty() {
                format!(r#""S{n}": {{"Type": "Succeed"}}"#)
            } else {
                format!(r#""S{n}": {{"Type": "Choice", "Choices": [{}], "Default": "S0"}}"#, rules.join(", "))
            }
        };
        let states: Vec<String> = (0..12).map(state).collect();
        let picture = Picture::of(&machine(&states.join(", "), "S0")).unwrap();
        proptest::prop_assert_eq!(picture.boxes.len(), 12);
        for (at, one) in picture.boxes.iter().enumerate() {
            for other in &picture.boxes[at + 1..] {
                proptest::prop_assert!(!overlap(one, other), "{:?} over {:?}", one, other);
            }
        }
    }
}
