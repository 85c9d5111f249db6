//! A workflow says nothing about errors that no activity declares.
use contracts::Delivery;
use flow::{value, workflow};

fn main() {
    workflow::<Delivery, String>("notify", |_, delivery| value(&delivery.body));
}
