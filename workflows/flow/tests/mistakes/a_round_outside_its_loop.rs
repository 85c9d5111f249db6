//! A loop goes round again from outside.
use contracts::Delivery;
use flow::{value, workflow};

fn main() {
    workflow::<Delivery, ()>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, _| {
            let mut kept = None;
            let done = w.repeat_at_most::<()>(
                3,
                |_, round| {
                    kept = Some(round);
                    value(())
                },
                |w| w.fail("Notify.Spent"),
            );
            kept.unwrap().again::<()>(());
            value(done)
        },
    );
}
