//! A value has the wrong type.
use contracts::Delivery;
use flow::{value, workflow};

fn main() {
    workflow::<Delivery, ()>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, delivery| {
            w.wait(&delivery.body);
            value(())
        },
    );
}
