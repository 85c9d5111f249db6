//! What rustc could not see.

use std::collections::HashMap;

use expr::Node;

use crate::{
    Finding, Place,
    graph::{Graph, Kind},
    names::is_pascal_case,
};

/// The longest name of a state. Source: Amazon States Language, "State names".
const LONGEST_NAME: usize = 80;

/// Checks the finished graph.
pub(crate) fn check(graph: &Graph, findings: &mut Vec<Finding>) {
    let mut names: HashMap<&str, Place> = HashMap::new();
    for state in graph.reached() {
        let (name, place) = (state.label.name.as_str(), state.label.place);
        let legal = is_pascal_case(name) && name.len() <= LONGEST_NAME;
        if !legal {
            let rule = format!("PascalCase letters and digits, at most {LONGEST_NAME}");
            findings.push(Finding::at_state(place, name, format!("a state's name is {rule}")));
        }
        if let Some(first) = names.insert(name, place) {
            let message = format!("the name is taken by the state of {first}: say what this one is for with `named`");
            findings.push(Finding::at_state(place, name, message));
        }
        check_task(name, place, &state.kind, findings);
    }
}

fn check_task(name: &str, place: Place, kind: &Kind, findings: &mut Vec<Finding>) {
    let Kind::Task(task) = kind else { return };
    // A timeout that the data decide is compared by the host.
    let timeout = match &*task.timeout {
        Node::Literal(seconds) => seconds.as_u64(),
        _ => None,
    };
    if let (Some(heartbeat), Some(timeout)) = (task.heartbeat_seconds, timeout)
        && u64::from(heartbeat) >= timeout
    {
        findings.push(Finding::at_state(
            place,
            name,
            "the heartbeat must be shorter than the timeout",
        ));
    }
}
