//! Whoever forgets an error in `process_message.rs` is told by rustc, in both ways of forgetting: the handling of each
//! declared error is taken out of the real source, and an error is added to the real contract. What remains must not
//! compile, for that reason and no other.

#![allow(
    clippy::disallowed_methods,
    reason = "a test may read the sources it is about and ask which cargo runs it"
)]

#[path = "forgotten/copy.rs"]
mod copy;

use copy::Copy;

const WORKFLOW: &str = "workflows/catalog/src/process_message.rs";
const CONTRACT: &str = "workflows/contracts/src/deliver_message.rs";

/// Each declared error as the source names it, and the activity that declares it.
const DECLARED: [&str; 7] = [
    "PersistMessageError::Invalid",
    "DeliverMessageError::Rejected",
    "DeliverMessageError::Misconfigured",
    "DeliverMessageError::RateLimited",
    "DeliverMessageError::Unavailable",
    "DeliverMessageError::Ambiguous",
    "DeliverMessageError::CircuitOpen",
];

/// A further error of `DeliverMessage`, and what it is put before.
const ADDED: (&str, &str) = (
    "    /// The circuit breaker is open; nothing was sent.\n",
    "    /// The topic exists no more.\n    #[error(\"the topic {topic} is gone\")]\n    \
     #[error_name(\"Delivery.TopicGone\")]\n    TopicGone {\n        /// Its name.\n        topic: String,\n    },\n",
);

#[test]
fn a_forgotten_error_is_named_with_its_activity_and_its_place() {
    let copy = Copy::of_the_workflows();
    let said = copy.check();
    assert!(
        !said.contains("error"),
        "the sources do not compile as they are:\n{said}"
    );
    handling_is_taken_out(&copy);
    an_error_is_added(&copy);
}

/// Of one declared error after the other.
fn handling_is_taken_out(copy: &Copy) {
    let source = copy.read(WORKFLOW);
    for declared in DECLARED {
        copy.write(WORKFLOW, &without(&source, declared));
        let said = copy.check();
        let wanted = format!("non-exhaustive patterns: `{declared} {{ .. }}` not covered");
        // Where nothing is left to match on, rustc names the type alone.
        let alone = declared
            .split_once("::")
            .map(|(error, _)| format!("non-exhaustive patterns: type `{error}"));
        assert!(
            said.contains(&wanted) || said.contains(&alone.unwrap()),
            "without {declared}:\n{said}"
        );
        assert_eq!(places(&said).len(), 1, "without {declared}:\n{said}");
        assert!(places(&said)[0].contains(WORKFLOW), "without {declared}:\n{said}");
    }
    copy.write(WORKFLOW, &source);
}

/// Every workflow that calls the activity is told, and nobody else.
fn an_error_is_added(copy: &Copy) {
    let contract = copy.read(CONTRACT);
    let (before, variant) = ADDED;
    assert_eq!(
        contract.matches(before).count(),
        1,
        "{CONTRACT} has one line {before:?}"
    );
    copy.write(CONTRACT, &contract.replace(before, &[variant, before].concat()));
    let said = copy.check();
    let wanted = "non-exhaustive patterns: `DeliverMessageError::TopicGone { .. }` not covered";
    let places = places(&said);
    assert_eq!(said.matches(wanted).count(), places.len(), "{said}");
    let told = |file: &str| places.iter().any(|place| place.contains(file));
    assert!(
        told(WORKFLOW) && told("workflows/catalog/src/escalate_message.rs"),
        "{said}"
    );
    assert!(
        places.iter().all(|place| place.contains("workflows/catalog/src/")),
        "{said}"
    );
    copy.write(CONTRACT, &contract);
}

/// Where rustc found an error: the line below each `error[…]`.
fn places(said: &str) -> Vec<&str> {
    let lines: Vec<_> = said.lines().collect();
    let errors = lines.windows(2).filter(|pair| pair[0].starts_with("error["));
    errors.map(|pair| pair[1]).collect()
}

/// The source without an error's handling: one pattern of several, or the whole arm.
fn without(source: &str, declared: &str) -> String {
    let at = source
        .find(declared)
        .unwrap_or_else(|| panic!("{declared} is not decided at all"));
    let end = at + source[at..].find('}').unwrap() + 1;
    if source[end..].starts_with(" | ") {
        return [&source[..at], &source[end + 3..]].concat();
    }
    if source[..at].ends_with(" | ") {
        return [&source[..at - 3], &source[end..]].concat();
    }
    let start = source[..at].rfind('\n').unwrap() + 1;
    let indent = &source[start..at];
    let close = format!("\n{indent}}}");
    let mut end = start;
    // A brace of the same indent closes the arm's block, or a pattern of several lines, behind which a block may open.
    loop {
        end += source[end..].find(&close).unwrap() + close.len();
        let line = end + source[end..].find('\n').unwrap();
        if !source[end..line].ends_with('{') {
            return [&source[..start], &source[line + 1..]].concat();
        }
    }
}
