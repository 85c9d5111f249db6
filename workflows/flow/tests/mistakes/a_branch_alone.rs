//! A Parallel has one branch.
use flow::{value, workflow};

fn main() {
    workflow::<String, String>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, topic| {
            let only = w.branch("Only", |_| value::<String>(&topic));
            let result = w.parallel(only, |w, _| w.fail("Notify.Failed"));
            value(result)
        },
    );
}
