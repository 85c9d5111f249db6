//! A timestamp is no number.
use contracts::Persisted;
use flow::{value, workflow};

fn main() {
    workflow::<Persisted, ()>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, persisted| {
            w.end_if(persisted.patience_ends.is_before(1_700_000_000), |w| w.fail("Notify.Late"));
            value(())
        },
    );
}
