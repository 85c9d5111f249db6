//! A type without `Shape` is a workflow's input.
use flow::{value, workflow};

#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
struct Order {
    id: String,
}

fn main() {
    workflow::<Order, ()>("order", |w, _, _| w.fail("Order.Broken"), |_, _| value(()));
}
