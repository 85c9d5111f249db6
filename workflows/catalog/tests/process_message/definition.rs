//! The definition itself. Its text is committed as `workflows/generated/process-message/definition.asl.json` and checked there.

use catalog::process_message;

#[test]
fn it_is_valid() {
    let workflow = process_message();
    assert_eq!(workflow.findings, []);
    let findings = asl::validate(&workflow.definition, &asl::Options::default());
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn each_state_has_a_place_in_the_source() {
    let workflow = process_message();
    for name in workflow.definition.states.states.keys() {
        let place = workflow.places[name];
        assert!(place.file.starts_with("workflows/catalog/src/"), "{name}: {place}");
    }
    assert_eq!(
        workflow.loops.into_iter().collect::<Vec<_>>(),
        [("IsPatienceSpent".to_owned(), 850)]
    );
}

#[test]
fn schemas_ask_for_the_body_alone_and_promise_every_field() {
    let workflow = process_message();
    assert_eq!(workflow.input_schema["required"], serde_json::json!(["body"]));
    assert_eq!(
        workflow.output_schema["required"],
        serde_json::json!(["message_id", "duplicate", "receipt"])
    );
}
