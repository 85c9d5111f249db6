//! A `match` on data lacks a variant.
use contracts::{Recorded, Status};
use flow::{value, workflow};

fn main() {
    workflow::<Recorded, String>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |w, recorded| {
            value(w.match_on(&recorded.status, |w, status| match status {
                Status::Completed => value("well"),
                Status::Failed | Status::Cancelled => w.fail("Notify.No"),
                Status::Created | Status::Scheduled => w.fail("Notify.Early"),
            }))
        },
    );
}
