//! Calls, their errors and their retries.

use expr::{Nothing, retry_count};
use flow::{Retry, value};
use serde_json::json;

use crate::support::{ChargeCard, ChargeCardError, ChargeExpr, Charged, names, order, state, text};

#[test]
fn a_call_is_a_task_whose_errors_are_all_decided() {
    let workflow = order::<Charged>(|w, order| {
        let charge = ChargeExpr {
            order: &order.id,
            cents: &order.cents,
            note: Nothing,
        };
        let charged = w.call(ChargeCard, charge, |w, error| match error {
            ChargeCardError::Declined { code } => w.fail_because("Order.Unpaid", code),
            ChargeCardError::Locked { .. } | ChargeCardError::Busy => w.named("NotNow").fail("Order.NotNow"),
        });
        value(charged)
    });
    insta::assert_snapshot!(text(&workflow));
}

#[test]
fn equal_policies_share_a_retrier_unless_they_count_separately() {
    let retry = |separately: bool| {
        let workflow = order::<Charged>(move |w, order| {
            let policy = Retry::times(4).interval(2).backoff(1.5).max_delay(20).without_jitter();
            let policy = if separately { policy.separately() } else { policy };
            let charge = ChargeExpr {
                order: &order.id,
                cents: retry_count(),
                note: Nothing,
            };
            let charged = w.call(ChargeCard, charge, |w, error| match error {
                ChargeCardError::Declined { .. } => w.fail("Order.Unpaid"),
                ChargeCardError::Locked { .. } | ChargeCardError::Busy => policy.then(w.fail("Order.Unpaid")),
            });
            value(charged)
        });
        state(&workflow, "ChargeCard")["Retry"].clone()
    };
    let together = retry(false);
    assert_eq!(
        together[0],
        json!({
            "ErrorEquals": ["Card.Locked", "Card.Busy"],
            "IntervalSeconds": 2, "MaxAttempts": 4, "BackoffRate": 1.5, "MaxDelaySeconds": 20,
        })
    );
    assert_eq!(
        together[1]["ErrorEquals"],
        json!(["Card.Declined", "Activity.InvalidInput"])
    );
    assert_eq!(together[1]["MaxAttempts"], 0);
    assert_eq!(
        together[2]["ErrorEquals"].as_array().unwrap().last(),
        Some(&json!("States.TaskFailed"))
    );
    let apart = retry(true);
    assert_eq!(apart[0]["ErrorEquals"], json!(["Card.Locked"]));
    assert_eq!(apart[1]["ErrorEquals"], json!(["Card.Busy"]));
}

#[test]
fn errors_that_lead_the_same_way_share_a_catch() {
    let workflow = order::<Charged>(|w, order| {
        let charge = ChargeExpr {
            order: &order.id,
            cents: 1,
            note: Nothing,
        };
        let charged = w.call(ChargeCard, charge, |w, _| w.fail("Order.Unpaid"));
        value(charged)
    });
    let catch = &state(&workflow, "ChargeCard")["Catch"];
    assert_eq!(
        catch[0],
        json!({ "ErrorEquals": ["Card.Declined", "Card.Locked", "Card.Busy"], "Next": "OrderUnpaid" })
    );
    assert_eq!(catch[1], json!({ "ErrorEquals": ["States.ALL"], "Next": "Broken" }));
}

#[test]
fn an_error_may_be_answered_with_a_value() {
    let workflow = order::<String>(|w, order| {
        let charge = ChargeExpr {
            order: &order.id,
            cents: 1,
            note: Nothing,
        };
        let id = w.call_then(
            ChargeCard,
            charge,
            |_, charged| value(&charged.id),
            |_, error| match error {
                ChargeCardError::Declined { code } => value(code),
                ChargeCardError::Locked { .. } => value("locked"),
                ChargeCardError::Busy => value("busy"),
            },
        );
        w.wait(5);
        value(id)
    });
    insta::assert_snapshot!(text(&workflow));
}

#[test]
fn what_a_state_alone_can_read_is_carried_to_a_shared_end() {
    let workflow = order::<String>(|w, order| {
        let charge = ChargeExpr {
            order: &order.id,
            cents: 1,
            note: Nothing,
        };
        let id = w.call_then(
            ChargeCard,
            charge,
            |_, charged| value(&charged.id),
            |w, error| match error {
                ChargeCardError::Declined { code } => value(code),
                _ => w.fail("Order.Unpaid"),
            },
        );
        value(id)
    });
    let declined = &state(&workflow, "ChargeCard")["Catch"][0];
    assert_eq!(
        declined["Output"],
        "{% $parse($parse($states.errorOutput.Cause).errorMessage).code %}"
    );
    assert_eq!(state(&workflow, "Succeed"), json!({ "Type": "Succeed" }));
}

#[test]
fn an_error_is_kept_where_a_later_state_reads_it() {
    let workflow = order::<Charged>(|w, order| {
        let charge = ChargeExpr {
            order: &order.id,
            cents: 1,
            note: Nothing,
        };
        let charged = w.call(ChargeCard, charge, |w, error| match error {
            ChargeCardError::Locked { retry_after } => {
                w.wait(retry_after);
                w.fail("Order.Unpaid")
            }
            _ => w.fail("Order.Unpaid"),
        });
        value(charged)
    });
    let locked = &state(&workflow, "ChargeCard")["Catch"][1];
    assert_eq!(
        *locked,
        json!({
            "ErrorEquals": ["Card.Locked"],
            "Output": "{% $parse($parse($states.errorOutput.Cause).errorMessage) %}",
            "Next": "WaitForRetryAfter",
        })
    );
    assert_eq!(
        state(&workflow, "WaitForRetryAfter")["Seconds"],
        "{% $min([$max([$states.input.retry_after, 0]), 99999999]) %}"
    );
}

#[test]
fn equal_tails_are_one_piece_of_graph() {
    let workflow = order::<Charged>(|w, order| {
        let charge = ChargeExpr {
            order: &order.id,
            cents: 1,
            note: Nothing,
        };
        let charged = w.call(ChargeCard, charge, |w, error| {
            let why = match error {
                ChargeCardError::Declined { code } => w.keep("why", code),
                ChargeCardError::Locked { .. } => w.keep("why", "locked"),
                ChargeCardError::Busy => w.keep("why", "busy"),
            };
            w.named("TellSomebody")
                .sqs_send_message::<String>("Alarm", &why, |_, _| value(()));
            w.fail_because("Order.Unpaid", why)
        });
        value(charged)
    });
    assert_eq!(
        names(&workflow),
        ["ChargeCard", "TellSomebody", "OrderUnpaid", "Broken"]
    );
    let catch = &state(&workflow, "ChargeCard")["Catch"];
    assert_eq!(
        catch[2],
        json!({ "ErrorEquals": ["Card.Busy"], "Assign": { "why": "busy" }, "Next": "TellSomebody" })
    );
    insta::assert_json_snapshot!(state(&workflow, "TellSomebody"));
}

#[test]
fn a_clause_holds_from_its_place_on_and_may_bring_its_own_policy() {
    let workflow = order::<Charged>(|w, order| {
        w.otherwise(|w, failure| Retry::times(2).then(w.fail_because("Order.Stuck", &failure.error)));
        let charge = ChargeExpr {
            order: &order.id,
            cents: 1,
            note: Nothing,
        };
        let charged = w
            .timeout(60)
            .heartbeat(10)
            .call(ChargeCard, charge, |w, _| w.fail("Order.Unpaid"));
        value(charged)
    });
    let task = state(&workflow, "ChargeCard");
    assert_eq!(
        (&task["TimeoutSeconds"], &task["HeartbeatSeconds"]),
        (&json!(60), &json!(10))
    );
    assert_eq!(task["Retry"][1]["MaxAttempts"], 2);
    assert_eq!(
        task["Catch"][1],
        json!({
            "ErrorEquals": ["States.ALL"],
            "Output": "{% $states.errorOutput.Error %}",
            "Next": "OrderStuck",
        })
    );
}
