//! The definition of `process-message`, and what is promised of it.

#[test]
fn the_definition_is_valid() {
    let workflow = catalog::process_message();
    assert_eq!(workflow.findings, []);
    println!("{}", asl::print(&workflow.definition));
    let findings = asl::validate(&workflow.definition, &asl::Options::default());
    assert!(findings.is_empty(), "{findings:?}");
}
