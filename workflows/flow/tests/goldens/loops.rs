//! Loops.

use expr::Nothing;
use flow::value;
use serde_json::json;

use crate::support::{ChargeCard, ChargeCardError, ChargeExpr, Charged, names, order, state, text};

#[test]
fn a_loop_has_a_counter_a_bound_and_an_edge_back() {
    let workflow = order::<Charged>(|w, order| {
        w.named("Breathe").wait(1);
        let charged = w.named("IsSpent").repeat_at_most(
            5,
            |w, round| {
                let charge = ChargeExpr {
                    order: &order.id,
                    cents: &round.number,
                    note: Nothing,
                };
                let charged = w.call(ChargeCard, charge, |w, error| match error {
                    ChargeCardError::Locked { retry_after } => {
                        w.wait(retry_after);
                        round.again(())
                    }
                    ChargeCardError::Declined { .. } | ChargeCardError::Busy => w.fail("Order.Unpaid"),
                });
                value(charged)
            },
            |w| w.fail("Order.Unpaid"),
        );
        value(charged)
    });
    assert_eq!(workflow.loops.get("IsSpent"), Some(&5));
    insta::assert_snapshot!(text(&workflow));
}

#[test]
fn a_loop_carries_a_value_from_round_to_round() {
    let workflow = order::<u32>(|w, order| {
        w.named("Breathe").wait(1);
        let sum = w.named("IsSpent").repeat_with::<u32, u32>(
            9,
            "sum",
            &order.cents,
            |w, round| {
                w.wait(1);
                round.again(&round.carried + &round.number)
            },
            |_, sum| value(sum),
        );
        value(sum)
    });
    assert_eq!(
        state(&workflow, "Breathe")["Assign"],
        json!({ "sum": "{% $states.input.cents %}", "round": 1 })
    );
    // Both are calculated from the values of the round that ends.
    assert_eq!(
        state(&workflow, "Wait")["Assign"],
        json!({ "sum": "{% $sum + $round %}", "round": "{% $round + 1 %}" })
    );
    assert_eq!(state(&workflow, "Wait")["Next"], "IsSpent");
    assert_eq!(
        state(&workflow, "IsSpent")["Choices"][0]["Condition"],
        "{% $round > 9 %}"
    );
}

#[test]
fn loops_that_are_entered_from_several_arms_are_one_loop() {
    let workflow = order::<Charged>(|w, order| {
        let charge = ChargeExpr {
            order: &order.id,
            cents: 1,
            note: Nothing,
        };
        let charged = w.call(ChargeCard, charge, |w, error| {
            let first = match error {
                ChargeCardError::Locked { retry_after } => retry_after,
                ChargeCardError::Declined { .. } => expr::constant(5),
                ChargeCardError::Busy => expr::constant(7),
            };
            let order = order.clone();
            value(w.named("IsSpent").repeat_with::<u32, Charged>(
                3,
                "pause",
                first,
                |w, round| {
                    w.wait(&round.carried);
                    let charge = ChargeExpr {
                        order: &order.id,
                        cents: 1,
                        note: Nothing,
                    };
                    value(
                        w.named("ChargeAgain")
                            .call(ChargeCard, charge, |_, _| round.again(&round.carried * 2)),
                    )
                },
                |w, _| w.fail("Order.Unpaid"),
            ))
        });
        value(charged)
    });
    assert_eq!(
        names(&workflow),
        ["ChargeCard", "IsSpent", "Wait", "ChargeAgain", "Broken", "OrderUnpaid"]
    );
}

#[test]
fn what_must_be_assigned_before_the_first_state_gets_a_state() {
    let workflow = order::<u32>(|w, _| {
        value(w.repeat_with::<u32, u32>(
            9,
            "sum",
            0,
            |w, round| {
                w.wait(1);
                round.again(&round.carried + 1)
            },
            |_, sum| value(sum),
        ))
    });
    assert_eq!(names(&workflow), ["Start", "Repeat", "Wait", "Succeed"]);
    assert_eq!(state(&workflow, "Start")["Assign"], json!({ "sum": 0, "round": 1 }));
}
