//! One branch uses what another one has received.
use contracts::{DeliverMessage, Delivery};
use expr::Expr;
use flow::{value, workflow};

fn main() {
    workflow::<Delivery, (String, String)>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, delivery| {
            let mut id: Option<Expr<String>> = None;
            let first = w.branch("First", |w| {
                let receipt = w.call(DeliverMessage, &delivery, |w, _| w.fail("Notify.Failed"));
                id = Some(receipt.ntfy_id.clone());
                value(receipt.topic.clone())
            });
            let second = w.branch("Second", |_| value(id.unwrap()));
            value(w.parallel((first, second), |w, _| w.fail("Notify.Failed")))
        },
    );
}
