//! A step of the outer scope uses a value of the inner one.
use contracts::Persisted;
use flow::{value, workflow};

fn main() {
    workflow::<Persisted, ()>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |outer, persisted| {
            outer.if_some(&persisted.deliver_at, |_inner, at| outer.wait_until(at));
            value(())
        },
    );
}
