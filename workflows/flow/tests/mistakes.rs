//! What must not compile: one file for each mistake, with the message that its author reads.

#[test]
fn mistakes_do_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/mistakes/*.rs");
}
