//! What is divided has a fraction: no place in a list.
use contracts::Escalation;
use flow::{value, workflow};

fn main() {
    workflow::<Escalation, String>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |_, asked| value(asked.topics.get(&asked.rounds / 2).or("none")),
    );
}
