//! A field is misspelt.
use contracts::Delivery;
use flow::{value, workflow};

fn main() {
    workflow::<Delivery, String>("notify", |w, _, _| w.fail("Notify.Broken"), |_, delivery| value(&delivery.bodi));
}
