//! Items of a table: what is asked for, and what is made of the answers.

use expr::{Expr, Is, Item, Nothing, Shape};
use flow::{Unwritten, Workflow, item, value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    running::{Answer, run},
    support::{order, state},
};

/// A parcel, as its table keeps it.
#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape, Item)]
struct Parcel {
    id: String,
    grams: u32,
    fragile: bool,
    state: ParcelState,
    note: Option<String>,
    #[serde(default)]
    stamps: Vec<u32>,
    #[serde(rename = "größe")]
    size: Size,
    stops: Option<Vec<Size>>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape, Item)]
#[serde(rename_all = "kebab-case")]
enum ParcelState {
    Packed,
    OnTheWay,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema, Shape, Item)]
struct Size {
    cm: f64,
}

#[derive(Serialize, Deserialize, Shape, Item)]
struct ParcelKey {
    id: String,
}

/// What the table answers for a parcel that is there.
fn stored() -> Value {
    json!({
        "id": { "S": "ü-7" }, "grams": { "N": "300" }, "fragile": { "BOOL": false }, "state": { "S": "on-the-way" },
        "note": { "NULL": true }, "stamps": { "L": [{ "N": "55" }] }, "größe": { "M": { "cm": { "N": "1.5" } } },
        "stops": { "L": [{ "M": { "cm": { "N": "2" } } }] },
    })
}

fn putting(note: Option<&'static str>) -> Workflow {
    order::<String>(move |w, order| {
        w.wait(1);
        let note = note.map_or_else(
            || Is::<Option<String>>::expr(&order.gift_note),
            Is::<Option<String>>::expr,
        );
        let parcel = ParcelExpr {
            id: &order.id,
            grams: &order.cents,
            fragile: true,
            state: ParcelState::Packed,
            note,
            stamps: [55, 60],
            size: SizeExpr { cm: 1.5 },
            stops: Nothing,
        };
        w.dynamodb_put_item::<Parcel>("Parcels", parcel, |w, failure| {
            w.fail_because("Order.Unwritten", &failure.error)
        });
        value("written")
    })
}

#[test]
fn a_record_is_written_attribute_by_attribute() {
    insta::assert_json_snapshot!(state(&putting(None), "PutParcels"));
    let (requests, end) = run(&putting(None), |_| Answer::Gives(json!({})));
    assert_eq!(end, Ok(json!("written")));
    let note = |requests: &[Value]| requests[0]["Item"]["note"].clone();
    assert_eq!(note(&requests), json!({ "NULL": true }));
    assert_eq!(requests[0]["Item"]["grams"], json!({ "N": "300" }));
    let (requests, _) = run(&putting(Some("thick")), |_| Answer::Gives(json!({})));
    assert_eq!(note(&requests), json!({ "S": "thick" }));
    let (requests, end) = run(&putting(None), |_| Answer::fails("DynamoDB.ThrottlingException"));
    assert_eq!((requests.len(), end), (7, Err("Order.Unwritten".to_owned())));
}

#[test]
fn an_item_is_read_as_a_record() {
    let workflow = order::<Option<Parcel>>(|w, order| {
        let key = ParcelKeyExpr { id: &order.id };
        let parcel = w.dynamodb_get_item::<Parcel, ParcelKey>("Parcels", key, |w, _| w.fail("Order.Unread"));
        w.named("Rest").wait(1);
        value(parcel)
    });
    insta::assert_json_snapshot!(state(&workflow, "GetParcels"));
    let (_, end) = run(&workflow, |_| Answer::Gives(json!({ "Item": stored() })));
    let parcel: Parcel = serde_json::from_value(end.unwrap()).unwrap();
    let read = Parcel {
        id: "ü-7".into(),
        grams: 300,
        fragile: false,
        state: ParcelState::OnTheWay,
        note: None,
        stamps: vec![55],
        size: Size { cm: 1.5 },
        stops: Some(vec![Size { cm: 2.0 }]),
    };
    assert_eq!(parcel, read);
    let (_, end) = run(&workflow, |_| {
        let mut item = stored();
        for absent in ["note", "stamps", "stops"] {
            item.as_object_mut().unwrap().remove(absent);
        }
        Answer::Gives(json!({ "Item": item }))
    });
    let parcel: Parcel = serde_json::from_value(end.unwrap()).unwrap();
    assert_eq!((parcel.note, parcel.stamps, parcel.stops), (None, vec![], None));
    assert_eq!(run(&workflow, |_| Answer::Gives(json!({}))).1, Ok(Value::Null));
}

#[test]
fn a_whole_record_is_written_as_it_was_read() {
    let workflow = order::<String>(|w, order| {
        let key = ParcelKeyExpr { id: &order.id };
        let parcel = w.dynamodb_get_item::<Parcel, ParcelKey>("Parcels", key, |w, _| w.fail("Order.Unread"));
        w.if_some(&parcel, |w, parcel| {
            w.dynamodb_put_item::<Parcel>("Archive", parcel, |w, _| w.fail("Order.Unwritten"));
        });
        value("kept")
    });
    let (requests, _) = run(&workflow, |_| Answer::Gives(json!({ "Item": stored() })));
    assert_eq!(requests[1]["Item"], stored());
}

#[test]
fn fields_are_changed_under_a_condition() {
    let workflow = order::<String>(|w, order| {
        w.dynamodb_update_item_if::<Parcel, ParcelKey, _>(
            "Parcels",
            ParcelKeyExpr { id: &order.id },
            |parcel| {
                [
                    item::set(&parcel.state, ParcelState::OnTheWay),
                    item::set(&parcel.size.cm, 2.5),
                    item::add(&parcel.grams, &order.cents),
                    item::remove(&parcel.note),
                ]
            },
            |parcel| item::equals(&parcel.state, ParcelState::Packed).and(item::exists(&parcel.id)),
            |w, unwritten| match unwritten {
                Unwritten::ConditionFailed => w.fail("Order.AlreadySent"),
                Unwritten::Failed(failure) => w.fail_because("Order.Unwritten", &failure.error),
            },
        );
        value("sent")
    });
    insta::assert_json_snapshot!(state(&workflow, "UpdateParcels"));
    let (requests, end) = run(&workflow, |_| Answer::fails("DynamoDB.ConditionalCheckFailedException"));
    assert_eq!((requests.len(), end), (1, Err("Order.AlreadySent".to_owned())));
    assert_eq!(run(&workflow, |_| Answer::Gives(json!({}))).1, Ok(json!("sent")));
}

#[test]
fn an_item_is_removed() {
    let workflow = order::<String>(|w, order| {
        let key = ParcelKeyExpr { id: &order.id };
        w.dynamodb_delete_item_if::<Parcel, ParcelKey>(
            "Parcels",
            key,
            |parcel| item::less_than(&parcel.grams, 5).or(item::is_absent(&parcel.note).not()),
            |_, _| value(()),
        );
        value("gone")
    });
    insta::assert_json_snapshot!(state(&workflow, "DeleteParcels"));
}

#[test]
fn only_stored_fields_can_be_changed() {
    let workflow = order::<String>(|w, order| {
        w.dynamodb_update_item::<Parcel, ParcelKey, _>(
            "Parcels",
            ParcelKeyExpr { id: &order.id },
            |_| [item::set(&order.id, "other")],
            |_, _| value(()),
        );
        value("never")
    });
    assert_eq!(
        workflow.findings[0].message,
        "only a field of the stored item can be compared or changed"
    );
}

#[test]
fn what_dynamodb_refuses_in_an_update_is_found() {
    let found = |changes: fn(&Expr<'_, Parcel>) -> Vec<item::Change>| {
        let workflow = order::<String>(move |w, order| {
            w.dynamodb_update_item::<Parcel, ParcelKey, _>(
                "Parcels",
                ParcelKeyExpr { id: &order.id },
                |parcel| changes(parcel),
                |_, _| value(()),
            );
            value("never")
        });
        let [finding] = &workflow.findings[..] else {
            panic!("{:?}", workflow.findings)
        };
        assert!(
            finding.place.file.ends_with("dynamodb.rs") && finding.place.line > 0,
            "{finding}"
        );
        finding.message.clone()
    };
    assert_eq!(found(|_| Vec::new()), "an update without a change writes nothing");
    assert_eq!(
        found(|parcel| vec![
            item::set(&parcel.size, SizeExpr { cm: 1.0 }),
            item::set(&parcel.size.cm, 2.0)
        ]),
        "`größe` and `größe.cm` overlap: one update changes a field once"
    );
    assert_eq!(
        found(|parcel| vec![item::set(&parcel.grams, 1), item::add(&parcel.grams, 2)]),
        "`grams` and `grams` overlap: one update changes a field once"
    );
    assert_eq!(
        found(|parcel| vec![item::add(&parcel.size.cm, 1.0)]),
        "`größe.cm` lies inside another field: `add` changes fields of the item itself alone"
    );
    assert_eq!(
        found(|parcel| vec![item::set(&parcel.id, "other")]),
        "`id` belongs to the key: it stays as it is"
    );
    assert_eq!(
        found(|parcel| vec![item::set(&parcel.grams, &parcel.grams + 1)]),
        "a value cannot be read from the stored item; use `add` to change a number by another one"
    );
}
