//! The fields that hold JSON of the author's: payload templates in JSONPath, values with expressions in JSONata.

use serde_json::Value;

use crate::{Pointer, State, StateKind, Visit};

/// Each such field of a state, with where it stands.
pub(super) fn of<'a>(visit: &Visit<'a>) -> Vec<(Pointer, &'a Value)> {
    let state: &State = visit.state;
    let at = &visit.pointer;
    let mut found = Vec::new();
    let mut add = |pointer: Pointer, value: Option<&'a Value>| found.extend(value.map(|value| (pointer, value)));
    add(at.key("Assign"), state.assign.as_ref());
    add(at.key("Output"), state.output.as_ref());
    for (index, catcher) in state.kind.catch().iter().enumerate() {
        let catcher_at = at.key("Catch").index(index);
        add(catcher_at.key("Assign"), catcher.assign.as_ref());
        add(catcher_at.key("Output"), catcher.output.as_ref());
    }
    match &visit.state.kind {
        StateKind::Task(task) => {
            add(at.key("Arguments"), task.arguments.as_ref());
            add(at.key("Parameters"), task.parameters.as_ref());
            add(at.key("ResultSelector"), task.result_selector.as_ref());
            add(at.key("Credentials"), task.credentials.as_ref());
        }
        StateKind::Pass(pass) => add(at.key("Parameters"), pass.parameters.as_ref()),
        StateKind::Choice(choice) => {
            for (index, rule) in choice.choices.iter().enumerate() {
                let rule_at = at.key("Choices").index(index);
                add(rule_at.key("Assign"), rule.assign.as_ref());
                add(rule_at.key("Output"), rule.output.as_ref());
            }
        }
        StateKind::Parallel(parallel) => {
            add(at.key("Arguments"), parallel.arguments.as_ref());
            add(at.key("Parameters"), parallel.parameters.as_ref());
            add(at.key("ResultSelector"), parallel.result_selector.as_ref());
        }
        StateKind::Map(map) => {
            add(at.key(map.selector_name(visit.language)), map.item_selector.as_ref());
            add(at.key("Items"), map.items.as_ref());
            add(at.key("ResultSelector"), map.result_selector.as_ref());
            for (field, inner, value) in [
                ("ItemReader", "Parameters", &map.item_reader),
                ("ItemReader", "Arguments", &map.item_reader),
                ("ItemBatcher", "BatchInput", &map.item_batcher),
                ("ResultWriter", "Parameters", &map.result_writer),
                ("ResultWriter", "Arguments", &map.result_writer),
            ] {
                add(
                    at.key(field).key(inner),
                    value.as_ref().and_then(|value| value.get(inner)),
                );
            }
        }
        StateKind::Wait(_) | StateKind::Succeed | StateKind::Fail(_) => {}
    }
    found
}
