//! A round hands a text to the next one, which expects a number.
use contracts::Delivery;
use flow::{value, workflow};

fn main() {
    workflow::<Delivery, ()>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, delivery| {
            value(w.repeat_with::<u32, ()>(
                3,
                "pause",
                5,
                |_, round| round.again(&delivery.body),
                |w, _| w.fail("Notify.Spent"),
            ))
        },
    );
}
