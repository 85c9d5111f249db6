//! A call says nothing about its errors.
use contracts::{DeliverMessage, Delivery, Receipt};
use flow::{value, workflow};

fn main() {
    workflow::<Delivery, Receipt>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, delivery| value(w.call(DeliverMessage, &delivery)),
    );
}
