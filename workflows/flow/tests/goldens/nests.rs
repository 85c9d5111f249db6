//! Branches beside each other, and a body for each item.

use asl::ExecutionType;
use expr::Nothing;
use flow::{Scope, Then, value};
use serde_json::json;

use crate::{
    running::{Answer, run},
    support::{ChargeCard, ChargeExpr, Charged, order, state, text},
};

fn charge<'s>(w: &Scope<'s, '_>, order: impl expr::Is<'s, String>, cents: u32) -> Then<'s, Charged> {
    let charge = ChargeExpr {
        order,
        cents,
        note: Nothing,
    };
    value(w.call(ChargeCard, charge, |w, _| w.fail("Order.Unpaid")))
}

#[test]
fn branches_run_beside_each_other_and_give_a_tuple() {
    let workflow = order::<String>(|w, order| {
        let left = w.branch("Payment", |w| charge(w, &order.id, 1));
        let right = w.branch("Pause", |w| {
            w.wait(5);
            value::<u32>(&order.copies)
        });
        let both = w.named("PayAndPause").parallel((left, right), |w, failure| {
            w.fail_because("Order.Broken", &failure.error)
        });
        value(both.0.id.concat("/").concat(both.1.to_text()))
    });
    insta::assert_snapshot!(text(&workflow));
    let (requests, end) = run(&workflow, |_| Answer::payload(&json!({ "id": "c-1", "note": null })));
    assert_eq!(requests.len(), 1);
    assert_eq!(end, Ok("c-1/1".into()));
    let (_, end) = run(&workflow, |_| Answer::declared("Card.Busy", &json!({})));
    assert_eq!(end, Err("Order.Broken".to_owned()));
}

#[test]
fn alike_branches_have_names_of_their_own() {
    let workflow = order::<(Charged, Charged)>(|w, order| {
        let left = w.branch("First", |w| charge(w, &order.id, 1));
        let right = w.branch("Second", |w| charge(w, &order.id, 2));
        value(w.parallel((left, right), |w, _| w.fail("Order.Broken")))
    });
    let parallel = state(&workflow, "Parallel");
    let names = ["/Branches/0/States", "/Branches/1/States"].map(|pointer| {
        let states = parallel.pointer(pointer).unwrap().as_object().unwrap();
        states.keys().cloned().collect::<Vec<_>>()
    });
    assert_eq!(
        names,
        [
            ["ChargeCard", "OrderUnpaid"],
            ["ChargeCardInSecond", "OrderUnpaidInSecond"]
        ]
    );
}

#[test]
fn each_item_of_a_list_is_worked_on() {
    let workflow = order::<Vec<String>>(|w, order| {
        let tags = w.max_concurrency(2).map(
            "ChargeTag",
            &order.tag_names,
            |w, tag| {
                let charge = ChargeExpr {
                    order: &tag.value,
                    cents: &order.cents,
                    note: Nothing,
                };
                let charged = w.call(ChargeCard, charge, |w, _| w.fail("Order.Unpaid"));
                value(tag.value.concat(":").concat(&charged.id))
            },
            |_, _| value(["failed"]),
        );
        value(tags)
    });
    insta::assert_snapshot!(text(&workflow));
    let (requests, end) = run(&workflow, |_| Answer::payload(&json!({ "id": "c", "note": null })));
    let asked = requests.iter().map(|request| &request["Payload"]["order"]);
    assert_eq!(asked.collect::<Vec<_>>(), ["ä", "b"]);
    assert_eq!(end, Ok(json!(["ä:c", "b:c"])));
    let (_, end) = run(&workflow, |_| Answer::declared("Card.Busy", &json!({})));
    assert_eq!(end, Ok(json!(["failed"])));
}

#[test]
fn an_item_knows_where_it_stands() {
    let workflow = order::<Vec<String>>(|w, order| {
        let tags = w.map(
            "NumberTag",
            &order.tag_names,
            |w, tag| {
                w.wait(&tag.index);
                value(tag.value.concat(tag.index.to_text()))
            },
            |w, _| w.fail("Order.Broken"),
        );
        value(tags)
    });
    insta::assert_json_snapshot!(state(&workflow, "NumberTag"));
    assert_eq!(
        run(&workflow, |_| Answer::fails("never asked")).1,
        Ok(json!(["ä0", "b1"]))
    );
}

#[test]
fn a_child_execution_is_given_what_its_body_uses() {
    let workflow = order::<Vec<String>>(|w, order| {
        let prefix = w.keep::<String>("prefix", order.id.concat("-"));
        w.wait(1);
        let tags = w.map_distributed(
            "LabelTag",
            &order.tag_names,
            ExecutionType::Express,
            Some(5),
            |w, tag| {
                w.named("Pause").wait(1);
                value::<String>(prefix.concat(&tag.value).concat(order.cents.to_text()))
            },
            |w, _| w.fail("Order.Broken"),
        );
        value(tags)
    });
    insta::assert_json_snapshot!(state(&workflow, "LabelTag"));
    let refused = engine::compile(&workflow.definition).unwrap_err();
    assert!(format!("{refused:?}").contains("Distributed Map states are not supported yet"));
}

#[test]
fn what_a_body_keeps_is_its_own() {
    let workflow = order::<Vec<u32>>(|w, order| {
        let cents = w.map(
            "PriceTag",
            &order.tag_names,
            |w, tag| {
                let price = w.keep("price", tag.index + &order.cents);
                w.named("FirstRest").wait(1);
                w.named("SecondRest").wait(1);
                value(price)
            },
            |w, _| w.fail("Order.Broken"),
        );
        let price = w.keep("price", 5);
        w.named("Later").wait(1);
        let joined = w.named("Once").map(
            "Once",
            &cents,
            |_, cents| value(cents.value + &price),
            |w, _| w.fail("Order.Broken"),
        );
        value(joined)
    });
    let price = state(&workflow, "PriceTag");
    let assigned = price.pointer("/ItemProcessor/States/StartPriceTag/Assign").unwrap();
    assert_eq!(
        assigned.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["priceInPriceTag"]
    );
    assert_eq!(
        run(&workflow, |_| Answer::fails("never asked")).1,
        Ok(json!([305, 306]))
    );
}

#[test]
fn what_is_handed_over_inside_keeps_its_meaning_when_names_change() {
    let workflow = order::<u32>(|w, order| {
        let rest = w.branch("Rest", |_| value::<u32>(&order.cents));
        let loops = w.branch("Loops", |w| {
            let one = w.named("One").repeat_with::<u32, u32>(
                1,
                "carried",
                1,
                |_, round| value(&round.carried),
                |_, carried| value(carried),
            );
            w.named("Pause").wait(one);
            let two = w.named("Two").repeat_at_most::<u32>(1, |_, _| value(1), |_| value(2));
            w.named("Later").wait(1);
            value::<u32>(two)
        });
        let both = w.parallel((rest, loops), |w, failure| {
            w.fail_because("Order.Broken", &failure.error)
        });
        let after = w
            .named("After")
            .repeat_at_most::<u32>(2, |_, round| round.again(()), |_| value(9));
        value(both.1.clone() + after)
    });
    let parallel = state(&workflow, "Parallel");
    let condition = |name: &str| {
        parallel
            .pointer(&format!("/Branches/1/States/{name}/Choices/0/Condition"))
            .cloned()
    };
    assert_eq!(condition("One").unwrap(), "{% $roundInLoops > 1 %}");
    assert_eq!(condition("Two").unwrap(), "{% $states.input > 1 %}");
    assert_eq!(run(&workflow, |_| Answer::fails("never asked")).1, Ok(json!(10)));
}
