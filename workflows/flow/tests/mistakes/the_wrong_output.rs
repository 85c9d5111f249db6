//! The main line ends with something else than the workflow promises.
use contracts::{Delivery, Receipt};
use expr::Expr;
use flow::{Then, workflow};

fn main() {
    workflow::<Delivery, Receipt>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |_, delivery| {
            let body: Expr<String> = delivery.body.clone();
            Then::from(body)
        },
    );
}
