//! Decisions, waits and ends.

use std::rc::Rc;

use expr::{Expr, Node, Nothing, now};
use flow::value;
use serde_json::json;

use crate::running::{Answer, run};
use crate::support::{ChargeCard, ChargeExpr, Charged, MethodCase, Urgency, names, order, state, text};

#[test]
fn an_option_is_opened_in_a_choice() {
    let workflow = order::<String>(|w, order| {
        w.if_some(&order.ship_at, |w, at| w.wait_until(at));
        value(&order.id)
    });
    insta::assert_snapshot!(text(&workflow));
}

#[test]
fn choices_in_a_row_are_one_choice() {
    let workflow = order::<String>(|w, order| {
        w.named("WhatNow")
            .end_if(order.cents.equals(0), |w| w.fail("Order.Free"));
        w.end_if(order.copies.greater_than(9), |w| w.fail("Order.TooMany"));
        w.when(order.cents.greater_than(1000), |w| w.named("ThinkAgain").wait(60));
        w.named("LastLook").wait(1);
        value(&order.id)
    });
    assert_eq!(
        names(&workflow),
        ["WhatNow", "LastLook", "OrderFree", "OrderTooMany", "ThinkAgain"]
    );
    insta::assert_json_snapshot!(state(&workflow, "WhatNow"));
}

#[test]
fn a_choice_inside_a_choice_is_one_choice() {
    let workflow = order::<String>(|w, order| {
        w.named("IsSlow").when(order.cents.greater_than(1000), |w| {
            w.when(order.copies.greater_than(1) | order.copies.equals(0), |w| w.wait(60));
        });
        w.named("LastLook").wait(1);
        value(&order.id)
    });
    let choice = state(&workflow, "IsSlow");
    assert_eq!(
        choice["Choices"],
        json!([{
            "Condition":
                "{% $states.input.cents > 1000 and (($exists($states.input.copies) ? $states.input.copies : 1) > 1 \
                 or ($exists($states.input.copies) ? $states.input.copies : 1) = 0) %}",
            "Assign": { "input": "{% $states.input %}" },
            "Next": "Wait",
        }])
    );
    assert_eq!(choice["Default"], "LastLook");
}

#[test]
fn a_match_on_data_is_a_choice_by_its_tag() {
    let workflow = order::<String>(|w, order| {
        let target = w.named("Target").match_on(&order.method, |_, method| match method {
            MethodCase::Card { number } => value(number),
            MethodCase::BankTransfer { iban } => value(iban),
            MethodCase::Cash => value("till"),
        });
        w.wait(1);
        value(target)
    });
    insta::assert_json_snapshot!(state(&workflow, "Target"));
}

#[test]
fn an_enum_without_data_is_matched_as_itself() {
    let workflow = order::<String>(|w, order| {
        let _: expr::Expr<()> = w.match_on(&order.urgency, |w, urgency| {
            match urgency {
                Urgency::RightNow => w.wait(1),
                Urgency::Later => w.named("Sleep").wait(3600),
            }
            value(())
        });
        value(&order.id)
    });
    let choice = state(&workflow, "WhichUrgency");
    assert_eq!(
        choice["Choices"][0]["Condition"],
        "{% $states.input.urgency = \"right-now\" %}"
    );
    assert_eq!(choice["Default"], "Sleep");
}

#[test]
fn values_of_both_ways_join_in_one_variable() {
    let workflow = order::<String>(|w, order| {
        let note = w.if_some_else(&order.gift_note, |_, note| value(note), |_| value("none"));
        w.wait(1);
        let chosen = w
            .named("Chosen")
            .if_else(order.cents.at_least(100), |_| value(&note), |_| value("cheap"));
        value(chosen)
    });
    insta::assert_snapshot!(text(&workflow));
}

#[test]
fn an_early_success_gives_the_workflows_output() {
    let workflow = order::<Charged>(|w, order| {
        w.end_if(now().is_before(order.ship_at.or(now())), |w| {
            let nothing = crate::support::ChargedExpr {
                id: "none",
                note: Nothing,
            };
            w.named("TooEarly").succeed::<Charged, _>(nothing)
        });
        let charge = ChargeExpr {
            order: &order.id,
            cents: 1,
            note: Nothing,
        };
        value(w.call(ChargeCard, charge, |w, _| w.fail("Order.Unpaid")))
    });
    assert_eq!(
        state(&workflow, "TooEarly"),
        json!({ "Type": "Succeed", "Output": { "id": "none", "note": null } })
    );
}

#[test]
fn waits_are_literal_where_they_can_be() {
    let workflow = order::<()>(|w, order| {
        w.named("Short").wait(5);
        w.named("Long").wait(&order.copies * 60);
        w.named("Date")
            .wait_until("2027-01-01T00:00:00Z".parse::<jiff::Timestamp>().unwrap());
        w.named("Later").wait_until(now().plus_seconds(&order.copies));
        value(())
    });
    assert_eq!(state(&workflow, "Short")["Seconds"], 5);
    assert_eq!(
        state(&workflow, "Long")["Seconds"],
        "{% $min([$max([($exists($input.copies) ? $input.copies : 1) * 60, 0]), 99999999]) %}"
    );
    assert_eq!(state(&workflow, "Date")["Timestamp"], "2027-01-01T00:00:00Z");
    assert_eq!(
        state(&workflow, "Later")["Timestamp"],
        "{% $fromMillis($millis() + 1000 * ($exists($input.copies) ? $input.copies : 1)) %}"
    );
}

#[test]
fn a_wait_that_the_data_decide_ends_whatever_they_say() {
    for seconds in ["-5", "0", "7", "1000000000"] {
        let workflow = order::<u32>(|w, _| {
            w.wait(Expr::<u32>::jsonata(seconds, &[]));
            value(1)
        });
        assert_eq!(run(&workflow, |_| Answer::Silence).1, Ok(json!(1)), "{seconds}");
    }
}

#[test]
fn an_item_of_a_list_is_taken_out_where_the_list_is_long_enough() {
    let workflow = order::<String>(|w, order| {
        let tag = order.tag_names.get(order.cents.saturating_sub(299));
        let tag = w.named("WhichTag").if_none_else(
            &tag,
            |w| w.fail("Order.Untagged"),
            |w, tag| {
                w.named("Meanwhile").wait(1);
                value(tag)
            },
        );
        value(tag)
    });
    insta::assert_json_snapshot!(state(&workflow, "WhichTag"));
    let (_, end) = run(&workflow, |_| Answer::Silence);
    assert_eq!(end, Ok(json!("b")));
}

#[test]
fn an_item_is_what_it_is_at_every_place_of_every_list() {
    let lists: [&[&[u32]]; 5] = [&[], &[&[7]], &[&[]], &[&[7, 8], &[]], &[&[], &[9], &[1, 2]]];
    for (list, at) in lists.into_iter().flat_map(|list| [0, 1, 2, 3].map(|at| (list, at))) {
        let workflow = order::<Option<Vec<u32>>>(move |w, _| {
            let list = Expr::<Vec<Vec<u32>>>::from_node(Rc::new(Node::Literal(json!(list))));
            let list = w.keep::<Vec<Vec<u32>>>("list", list);
            w.named("Meanwhile").wait(1);
            value(list.get(at))
        });
        let (_, end) = run(&workflow, |_| Answer::Silence);
        let expected = usize::try_from(at).ok().and_then(|at| list.get(at));
        assert_eq!(end, Ok(json!(expected)), "{list:?}[{at}]");
    }
}
