//! One declared error of the activity has no arm.
use contracts::{DeliverMessage, DeliverMessageError, Delivery, Receipt};
use flow::{value, workflow};

fn main() {
    workflow::<Delivery, Receipt>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, delivery| {
            let receipt = w.call(DeliverMessage, &delivery, |w, error| match error {
                DeliverMessageError::Rejected { .. } | DeliverMessageError::Misconfigured { .. } => w.fail("Notify.No"),
                DeliverMessageError::Unavailable { .. } | DeliverMessageError::Ambiguous { .. } => w.fail("Notify.No"),
                DeliverMessageError::CircuitOpen { .. } => w.fail("Notify.No"),
            });
            value(receipt)
        },
    );
}
