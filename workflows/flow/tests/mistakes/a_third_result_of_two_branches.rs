//! Two branches are asked for a third result.
use flow::{value, workflow};

fn main() {
    workflow::<String, String>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, topic| {
            let first = w.branch("First", |_| value::<String>(&topic));
            let second = w.branch("Second", |_| value::<String>(&topic));
            let both = w.parallel((first, second), |w, _| w.fail("Notify.Failed"));
            value(both.2.clone())
        },
    );
}
