//! What is left after a subtraction may be negative: no number of seconds.
use contracts::Escalation;
use flow::{value, workflow};

fn main() {
    workflow::<Escalation, ()>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, asked| {
            w.wait(&asked.pause - 10);
            value(())
        },
    );
}
