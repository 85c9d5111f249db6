//! An arm waits and then says nothing.
use contracts::{DeliverMessage, Delivery, Receipt};
use flow::{value, workflow};

fn main() {
    workflow::<Delivery, Receipt>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, delivery| {
            let receipt = w.call(DeliverMessage, &delivery, |w, _| w.wait(5));
            value(receipt)
        },
    );
}
