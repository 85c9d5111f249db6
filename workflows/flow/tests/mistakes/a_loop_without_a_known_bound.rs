//! How often a loop goes round at most is known only while the workflow runs.
use contracts::Delivery;
use flow::{value, workflow};

fn main() {
    workflow::<Delivery, ()>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, delivery| {
            let done = w.repeat_at_most::<()>(&delivery.attempt, |_, round| round.again(()), |w| w.fail("Notify.Spent"));
            value(done)
        },
    );
}
