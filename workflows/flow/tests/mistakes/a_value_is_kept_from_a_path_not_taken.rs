//! A value of an arm is carried out of it.
use contracts::Persisted;
use flow::{value, workflow};

fn main() {
    workflow::<Persisted, ()>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, persisted| {
            let mut kept = None;
            w.if_some(&persisted.deliver_at, |_, at| kept = Some(at));
            w.wait_until(kept.unwrap());
            value(())
        },
    );
}
