//! An item of a list is kept for after its Map.
use flow::{value, workflow};

fn main() {
    workflow::<Vec<String>, String>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, topics| {
            let mut kept = None;
            w.map::<String, String>(
                "Topic",
                &topics,
                |_, topic| {
                    kept = Some(topic.value.clone());
                    value(topic.value)
                },
                |w, _| w.fail("Notify.Failed"),
            );
            value(kept.unwrap())
        },
    );
}
