//! Two records are compared as a whole, where a field that is left out would differ from one that is `null`.
use contracts::Message;
use expr::{Expr, Shape};
use flow::{value, workflow};

/// Two messages.
#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema, Shape)]
struct Both {
    first: Message,
    second: Message,
}

fn main() {
    workflow::<Both, bool>(
        "compare",
        |w, _, _| w.fail("Compare.Broken"),
        |_, both: Expr<Both>| value(both.first.equals(&both.second)),
    );
}
