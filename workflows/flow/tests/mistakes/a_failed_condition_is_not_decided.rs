//! Nothing is said of what happens when the condition of a write does not hold.
use expr::{Item, Shape};
use flow::{Unwritten, item, value, workflow};

#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema, Shape, Item)]
struct Order {
    id: String,
}

fn main() {
    workflow::<Order, ()>(
        "order",
        |w, _, _| w.fail("Order.Broken"),
        |w, order| {
            w.dynamodb_put_item_if::<Order>(
                "Orders",
                &order,
                |stored| item::is_absent(&stored.id),
                |w, unwritten| match unwritten {
                    Unwritten::Failed(_) => w.fail("Order.Unwritten"),
                },
            );
            value(())
        },
    );
}
