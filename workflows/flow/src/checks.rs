//! What rustc could not see.

use std::collections::HashMap;

use expr::Node;

use crate::{
    Finding, Place,
    graph::{Graph, Kind},
    limits::LONGEST_SECONDS,
    names::is_pascal_case,
    tree::WaitUntil,
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
            let message = if first == place {
                "what stands here becomes two states of one name: say what each is for with `named`".to_owned()
            } else {
                format!("the name is taken by the state of {first}: say what this one is for with `named`")
            };
            findings.push(Finding::at_state(place, name, message));
        }
        for message in seconds(&state.kind) {
            findings.push(Finding::at_state(place, name, message));
        }
    }
}

/// What is wrong with the seconds that are written. Those that the data decide are kept within the same bounds while the
/// workflow runs.
fn seconds(kind: &Kind) -> Vec<String> {
    let mut messages = Vec::new();
    let mut within = |what: &str, seconds: Option<u64>, least: u64| {
        if seconds.is_some_and(|seconds| seconds < least || seconds > LONGEST_SECONDS.into()) {
            messages.push(format!("{what} lasts {least} to {LONGEST_SECONDS} seconds"));
        }
    };
    match kind {
        Kind::Wait {
            until: WaitUntil::Seconds(seconds),
            ..
        } => within("a wait", written(seconds), 0),
        Kind::Task(task) => {
            let (heartbeat, timeout) = (task.heartbeat_seconds.map(u64::from), written(&task.timeout));
            within("a timeout", timeout, 1);
            within("a heartbeat", heartbeat, 1);
            if let (Some(heartbeat), Some(timeout)) = (heartbeat, timeout)
                && heartbeat >= timeout
            {
                messages.push("the heartbeat must be shorter than the timeout".to_owned());
            }
        }
        _ => {}
    }
    messages
}

fn written(seconds: &Node) -> Option<u64> {
    match seconds {
        Node::Literal(seconds) => seconds.as_u64(),
        _ => None,
    }
}
