//! Whatever a workflow calls is held to its contract: functions, workers, and other workflows.

use codegen::{Contracts, expected, expected_under};
use contracts::{Signature, signatures};
use expr::{Activity, NoError, Shape, execution_name};
use flow::{Failure, Scope, Workflow, value, workflow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Serialize, Deserialize, JsonSchema, Shape)]
struct Order {
    #[schemars(length(max = 40))]
    id: String,
    note: Option<String>,
}

#[derive(Serialize, Deserialize, JsonSchema, Shape)]
struct Parcel {
    grams: u32,
}

/// What a careless author takes an order for.
#[derive(Serialize, Deserialize, JsonSchema, Shape)]
struct Paper {
    number: String,
}

/// Packs orders. Its contract says another thing than `PackOrder`'s real one, where a test says so.
struct PackOrder;

impl Activity for PackOrder {
    const NAME: &'static str = "PackOrder";
    type Input = Paper;
    type Output = Parcel;
    type Error = NoError;
}

fn pack_order() -> Signature {
    let order = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}});
    Signature {
        name: "PackOrder",
        input: order,
        output: json!({"type": "object", "required": ["grams"], "properties": {"grams": {"type": "string"}}}),
        errors: Vec::new(),
    }
}

fn ship_order() -> Workflow {
    workflow::<Order, Parcel>("ship-order", failed, |w, order| {
        w.end_if(order.id.equals("nothing"), |w| w.fail("Order.Nothing"));
        value(ParcelExpr { grams: 5 })
    })
}

fn failed<'s, T: Shape>(w: &Scope<'s, '_>, _: &expr::Expr<'s, T>, _: &Failure<'s>) -> flow::Then<'s, expr::Never> {
    w.fail("Broken")
}

/// What codegen says of a workflow beside `ship-order`.
fn told(workflow: Workflow, activities: &[Signature]) -> Vec<String> {
    let workflows = [ship_order(), workflow];
    let contracts = Contracts::new(activities, &workflows);
    let invalid = expected_under(&workflows, &contracts).err().unwrap_or_default();
    invalid.iter().map(ToString::to_string).collect()
}

/// A workflow that starts `ship-order` under its own name and an ending.
fn starting(ending: &'static str) -> Workflow {
    workflow::<Order, bool>("starts", failed, |w, order| {
        let name = execution_name().concat(ending);
        w.start_execution::<Order>("ShipOrder", name, &order, |w, _| w.fail("Order.NotShipped"));
        value(true)
    })
}

#[test]
fn an_execution_is_started_with_what_its_workflow_takes() {
    assert_eq!(told(starting(""), &[]), [""; 0]);
    let wrong = workflow::<Order, bool>("starts", failed, |w, order| {
        let paper = PaperExpr { number: &order.id };
        w.start_execution::<Paper>("ShipOrder", execution_name(), paper, |w, _| w.fail("Order.NotShipped"));
        value(true)
    });
    let found = told(wrong, &[]);
    for why in [
        "`number` is not declared by ship-order",
        "`id` is nothing, and a text is wanted by ship-order",
    ] {
        assert!(
            found
                .iter()
                .any(|one| one.contains(why) && one.contains("codegen/tests/contracts.rs:")),
            "{why}\n{found:?}"
        );
    }
}

#[test]
fn a_name_that_may_be_too_long_is_told() {
    let found = told(starting("-again"), &[]);
    assert!(
        found.len() == 1 && found[0].contains("`Name` may be longer than 80 characters"),
        "{found:?}"
    );
}

#[test]
fn the_output_of_an_execution_is_what_its_workflow_gives() {
    let runs = workflow::<Order, Parcel>("runs", failed, |w, order| {
        let paper = w.run_execution::<Order, Paper>("ShipOrder", 60, execution_name(), &order, |w, _| w.fail("Lost"));
        w.end_if(paper.number.equals("1"), |w| w.fail("Order.First"));
        value(ParcelExpr { grams: 1 })
    });
    let found = told(runs, &[]);
    assert!(
        found
            .iter()
            .any(|one| one.contains("has no field `number`") && one.contains("grams")),
        "{found:?}"
    );
}

#[test]
fn a_worker_is_held_to_its_contract() {
    let packs = || {
        workflow::<Order, Parcel>("packs", failed, |w, order| {
            let paper = PaperExpr { number: &order.id };
            let parcel = w.activity_worker(PackOrder, paper, |_, never| match never {});
            value(ParcelExpr { grams: &parcel.grams })
        })
    };
    let found = told(packs(), &[pack_order()]);
    for why in [
        "`number` is not declared by PackOrder",
        "`id` is nothing, and a text is wanted by PackOrder",
        "`grams` is a text, and a number is wanted by the machine's output",
    ] {
        assert!(found.iter().any(|one| one.contains(why)), "{why}\n{found:?}");
    }
    // Nobody forgets a contract in silence.
    let found = told(packs(), &[]);
    assert!(
        found.len() == 1 && found[0].contains("the contract of `PackOrder` is not among those that codegen knows"),
        "{found:?}"
    );
    assert!(found[0].contains("codegen/tests/contracts.rs:"), "{found:?}");
}

#[test]
fn what_nobody_has_a_contract_of_is_named_in_the_report() {
    let calls = workflow::<Order, bool>("calls", failed, |w, order| {
        let known = w.lambda_invoke::<String, bool>("Somebody", &order.id, |w, _| w.fail("Nobody"));
        w.start_execution::<Order>("Elsewhere", execution_name(), &order, |w, _| w.fail("Nowhere"));
        value(known)
    });
    assert_eq!(taken_at_its_word(calls), json!(["Somebody", "StartElsewhere"]));
    // A service that has typed calls may be called without them as well.
    let sends = workflow::<Order, bool>("calls", failed, |w, order| {
        w.wait(1);
        let message: expr::Expr<serde_json::Value> =
            expr::literal(json!({"QueueUrl": "${OrdersUrl}", "MessageBody": "{}"}));
        w.task_unchecked::<serde_json::Value>("arn:aws:states:::sqs:sendMessage", message, |w, _| w.fail("Order.Lost"));
        w.end_if(order.id.equals("nothing"), |w| w.fail("Order.Nothing"));
        value(true)
    });
    assert_eq!(taken_at_its_word(sends), json!(["SendMessage"]));
}

/// The calls of a workflow that nothing is checked of, as its report names them.
fn taken_at_its_word(workflow: Workflow) -> serde_json::Value {
    let files = expected(&[workflow]).expect("a workflow");
    let report = &files[std::path::Path::new("calls/report.json")];
    let report: serde_json::Value = serde_json::from_str(report).expect("JSON");
    report["calls_without_contract"].clone()
}

#[test]
fn no_workflow_of_ours_calls_what_has_no_contract() {
    let ours = catalog::all();
    let contracts = Contracts::new(&signatures(), &ours);
    for (path, text) in expected_under(&ours, &contracts).expect("workflows") {
        if path.ends_with("report.json") {
            let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(report["calls_without_contract"], json!([]), "{}", path.display());
        }
    }
}
