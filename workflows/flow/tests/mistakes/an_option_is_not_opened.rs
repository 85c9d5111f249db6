//! An optional value is used as if it were there.
use contracts::Persisted;
use flow::{value, workflow};

fn main() {
    workflow::<Persisted, ()>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, persisted| {
            w.wait_until(&persisted.deliver_at);
            value(())
        },
    );
}
