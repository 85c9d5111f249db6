//! A condition compares a time by order, which DynamoDB would take for a text.
use expr::{Expr, Item, Shape};
use flow::item;

#[derive(serde::Serialize, serde::Deserialize, Shape, Item)]
struct Parcel {
    id: String,
    sent_at: jiff::Timestamp,
}

fn main() {
    let _ = |parcel: &Expr<Parcel>| item::less_than(&parcel.sent_at, "2027-01-01T00:00:00Z");
}
