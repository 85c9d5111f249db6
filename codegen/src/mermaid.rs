//! A workflow as a Mermaid state diagram, which pull requests and README pages draw by themselves.
//!
//! Source: <https://mermaid.js.org/syntax/stateDiagram.html>.

use std::{collections::BTreeMap, fmt::Write as _};

use asl::{StateKind, StateMachine, States};

use picture::{Graph, Reason};

use crate::Invalid;

/// The `diagram.mmd` of a state machine; states inside `Map` and `Parallel` stand inside them.
pub(crate) fn mermaid(workflow: &str, machine: &StateMachine) -> Result<String, Invalid> {
    let mut out = "%% Made by `cargo codegen`; edited by nobody.\nstateDiagram-v2\n".to_owned();
    level(workflow, &machine.states, 1, &mut out)?;
    Ok(out)
}

fn level(workflow: &str, states: &States, depth: usize, out: &mut String) -> Result<(), Invalid> {
    let graph = Graph::of(states).map_err(|name| Invalid::new(workflow, name, "the state does not exist"))?;
    let pad = "    ".repeat(depth);
    let _ = writeln!(out, "{pad}[*] --> {}", id(graph.names[graph.start]));
    for (position, name) in graph.names.iter().enumerate() {
        inner(workflow, name, &graph.states[position].kind, depth, out)?;
        // Catchers that lead to one place are one arrow, as in the picture.
        let mut arrows = BTreeMap::<usize, Vec<String>>::new();
        for edge in graph.leaving(position) {
            arrows.entry(edge.to).or_default().extend(words(&edge.reason));
        }
        for (to, words) in arrows {
            let label = if words.is_empty() {
                String::new()
            } else {
                format!(": {}", words.join(", "))
            };
            let _ = writeln!(out, "{pad}{} --> {}{label}", id(name), id(graph.names[to]));
        }
        if graph.ends_well(position) || matches!(graph.states[position].kind, StateKind::Fail(_)) {
            let _ = writeln!(out, "{pad}{} --> [*]", id(name));
        }
    }
    Ok(())
}

fn inner(workflow: &str, name: &str, kind: &StateKind, depth: usize, out: &mut String) -> Result<(), Invalid> {
    let levels: Vec<&States> = match kind {
        StateKind::Map(map) => vec![&map.item_processor.states],
        StateKind::Parallel(parallel) => parallel.branches.iter().collect(),
        _ => return Ok(()),
    };
    let pad = "    ".repeat(depth);
    let _ = writeln!(out, "{pad}state {} {{", id(name));
    for (index, states) in levels.into_iter().enumerate() {
        if index > 0 {
            let _ = writeln!(out, "{pad}    --");
        }
        level(workflow, states, depth + 1, out)?;
    }
    let _ = writeln!(out, "{pad}}}");
    Ok(())
}

fn words(reason: &Reason) -> Vec<String> {
    match reason {
        Reason::Next => Vec::new(),
        Reason::Default => vec!["otherwise".to_owned()],
        Reason::Rule(condition) => vec![plain(condition)],
        Reason::Caught(errors) => errors.iter().map(|error| plain(error)).collect(),
    }
}

/// What Mermaid would read as its own.
fn plain(text: &str) -> String {
    text.replace(['\n', ':', ';', '{', '}', '#'], " ")
}

/// Names of states may hold anything; Mermaid's ids hold letters, digits and underscores.
fn id(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_stand_inside_each_other_and_catchers_share_an_arrow() {
        let text = r#"{"StartAt": "Each", "States": {
            "Each": {"Type": "Map", "Iterator": {"StartAt": "In", "States": {"In": {"Type": "Pass", "End": true}}},
                "Catch": [{"ErrorEquals": ["A"], "Next": "Bad"}, {"ErrorEquals": ["B"], "Next": "Bad"}], "End": true},
            "Bad": {"Type": "Fail"}}}"#;
        let machine = asl::parse(text).unwrap().machine;
        let lines = [
            "stateDiagram-v2",
            "    [*] --> Each",
            "    state Each {",
            "        [*] --> In",
            "        In --> [*]",
            "    }",
            "    Each --> Bad: A, B",
            "    Each --> [*]",
            "    Bad --> [*]",
        ];
        assert_eq!(
            mermaid("w", &machine).unwrap().lines().skip(1).collect::<Vec<_>>(),
            lines
        );
    }
}
