//! An arm reads what only another arm has.
use contracts::{DeliverMessage, DeliverMessageError, Delivery, Receipt};
use flow::{value, workflow};

fn main() {
    workflow::<Delivery, Receipt>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, delivery| {
            let receipt = w.call(DeliverMessage, &delivery, |w, error| match error {
                DeliverMessageError::RateLimited { retry_after, .. } => {
                    w.wait(retry_after);
                    w.fail("Notify.No")
                }
                _ => {
                    w.wait(retry_after);
                    w.fail("Notify.No")
                }
            });
            value(receipt)
        },
    );
}
