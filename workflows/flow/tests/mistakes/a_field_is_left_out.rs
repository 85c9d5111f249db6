//! A record lacks a field.
use contracts::{Delivery, Execution, ExecutionExpr};
use expr::{execution_arn, execution_name};
use flow::{value, workflow};

fn main() {
    workflow::<Delivery, Execution>(
        "notify",
        |w, _, _| w.fail("Notify.Broken"),
        |_, _| value(ExecutionExpr { arn: execution_arn(), name: execution_name() }),
    );
}
