//! An arm repeats a call for an error that the activity does not declare.
use contracts::{DeliverMessage, DeliverMessageError, Delivery, Receipt};
use flow::{Retry, value, workflow};

fn main() {
    workflow::<Delivery, Receipt>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, delivery| {
            let receipt = w.call(DeliverMessage, &delivery, |w, error| match error {
                DeliverMessageError::Expired => Retry::times(3).then(w.fail("Notify.Expired")),
                _ => w.fail("Notify.Failed"),
            });
            value(receipt)
        },
    );
}
