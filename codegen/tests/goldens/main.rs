//! Every golden of the builder is taken by codegen: what it prints is held to its contracts, measured, allowed and drawn.
//!
//! The goldens are those of `workflows/flow`, which must not know of codegen; they are compiled here once more, around another
//! `support`, whose verbs push each workflow through codegen before they look at it.

#[path = "../../../workflows/flow/tests/goldens/branches.rs"]
mod branches;
#[path = "../../../workflows/flow/tests/goldens/calls.rs"]
mod calls;
#[path = "../../../workflows/flow/tests/goldens/dynamodb.rs"]
mod dynamodb;
#[path = "../../../workflows/flow/tests/goldens/loops.rs"]
mod loops;
#[path = "../../../workflows/flow/tests/goldens/nests.rs"]
mod nests;
#[path = "../../../workflows/flow/tests/goldens/running.rs"]
mod running;
#[path = "../../../workflows/flow/tests/goldens/services.rs"]
mod services;
mod support;
#[path = "../../../workflows/flow/tests/goldens/tokens.rs"]
mod tokens;

/// The goldens that are no workflows that codegen could take: those of mistakes.
const OTHERS: [&str; 3] = ["findings.rs", "main.rs", "support.rs"];

#[test]
fn no_golden_is_forgotten() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../workflows/flow/tests/goldens");
    for entry in std::fs::read_dir(directory).expect("the goldens") {
        let name = entry.expect("a file").file_name().into_string().expect("UTF-8");
        let is_here = include_str!("main.rs").contains(&format!("goldens/{name}"));
        assert!(
            is_here || OTHERS.contains(&name.as_str()) || name == "snapshots",
            "{name} is not compiled here"
        );
    }
}
