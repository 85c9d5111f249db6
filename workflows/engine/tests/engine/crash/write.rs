//! From a sketch to a definition: states get names and lead to each other, data takes the form of its language.

use serde_json::{Map, Value, json};

use super::language::{Language, Written};
use super::sketch::{Errors, Kind, Retry, Sketch, State};

/// Writes a machine down.
pub(super) fn definition(sketch: &Sketch) -> Value {
    let mut writer = Writer {
        paths: sketch.paths,
        states: 0,
    };
    let mut definition = writer.block(&sketch.states, 0);
    definition["QueryLanguage"] = json!(if sketch.paths { "JSONPath" } else { "JSONata" });
    if let Some(seconds) = sketch.timeout {
        definition["TimeoutSeconds"] = json!(seconds);
    }
    definition
}

/// Where a state stands among the others.
struct Neighbours<'n> {
    before: &'n str,
    next: &'n str,
    last: &'n str,
    depth: usize,
}

struct Writer {
    paths: bool,
    states: u32,
}

impl Writer {
    fn name(&mut self) -> String {
        self.states += 1;
        format!("S{}", self.states)
    }

    /// Begins with a state that sets the variables of the block, ends with one that succeeds.
    fn block(&mut self, sketches: &[State], depth: usize) -> Value {
        let names: Vec<String> = (0..sketches.len() + 2).map(|_| self.name()).collect();
        let last = names.last().cloned().unwrap_or_default();
        let mut states = Map::new();
        states.insert(names[0].clone(), first(depth, &names[1]));
        for (index, sketch) in (1..).zip(sketches) {
            let neighbours = Neighbours {
                // Not the first, which would set the counter of the loop to 0.
                before: &names[(index - 1).max(1)],
                next: &names[index + 1],
                last: &last,
                depth,
            };
            let state = self.state(sketch, &neighbours, &mut states);
            states.insert(names[index].clone(), state);
        }
        states.insert(last, json!({ "Type": "Succeed" }));
        json!({ "StartAt": names[0], "States": states })
    }

    /// Writes a state; what it needs beside itself goes to the `others`.
    fn state(&mut self, sketch: &State, around: &Neighbours<'_>, others: &mut Map<String, Value>) -> Value {
        let language = Language::of(self.paths && !sketch.jsonata);
        let mut state = Written::new(language, around.depth);
        self.kind(sketch, around, &mut state, others);
        let mut state = state.fields;
        if self.paths && sketch.jsonata {
            state["QueryLanguage"] = json!("JSONata");
        }
        state
    }

    fn kind(&mut self, sketch: &State, around: &Neighbours<'_>, state: &mut Written, others: &mut Map<String, Value>) {
        let computed = sketch.computed;
        match &sketch.kind {
            Kind::Pass => state.pass(sketch.data),
            Kind::Choice { test, again } => {
                return state.choice(*test, if *again { around.before } else { around.last }, around.next);
            }
            Kind::Wait { seconds, until } => state.wait(*seconds, *until, computed, sketch.data),
            Kind::Task {
                resource,
                timeout,
                heartbeat,
                errors,
            } => {
                state.task(resource, sketch.data);
                state.seconds("TimeoutSeconds", *timeout, computed);
                state.seconds("HeartbeatSeconds", *heartbeat, computed);
                handle(errors, around, state);
            }
            Kind::Parallel { branches, errors } => {
                let branches = branches.iter().map(|branch| self.block(branch, around.depth + 1));
                let branches: Vec<Value> = branches.collect();
                state.parallel(&branches, sketch.data);
                handle(errors, around, state);
            }
            Kind::Map {
                processor,
                items,
                concurrency,
                errors,
            } => {
                let processor = self.block(processor, around.depth + 1);
                state.map(&processor, *items, sketch.data);
                state.number("MaxConcurrency", *concurrency, computed);
                handle(errors, around, state);
            }
            Kind::Fail { test } => {
                let name = self.name();
                state.branch(*test, &name, around.next);
                others.insert(name, state.failure(computed));
                return;
            }
        }
        state.fields["Next"] = json!(around.next);
        if let Some(data) = sketch.assign {
            state.assign(data);
        }
    }
}

/// Sets what the states of a block read: a variable of its own, a counter for its loops, numbers, lists and a time.
fn first(depth: usize, next: &str) -> Value {
    let variables = [
        ("v", json!(depth)),
        ("loops", json!(0)),
        ("n", json!([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])),
        ("lists", json!([[], [0], [0, 1], [0, 1, 2]])),
        ("until", json!("2023-11-14T22:13:25Z")),
    ];
    let own = variables
        .into_iter()
        .filter(|(name, _)| depth == 0 || ["v", "loops"].contains(name));
    let assign: Map<String, Value> = own.map(|(name, value)| (format!("{name}{depth}"), value)).collect();
    json!({ "Type": "Pass", "Assign": assign, "Next": next })
}

fn handle(errors: &Errors, around: &Neighbours<'_>, state: &mut Written) {
    if let Some(retry) = &errors.retry {
        state.fields["Retry"] = json!([retrier(retry)]);
    }
    if let Some(name) = errors.catch {
        state.catch(name, around.next);
    }
}

fn retrier(retry: &Retry) -> Value {
    json!({
        "ErrorEquals": [retry.error],
        "MaxAttempts": retry.attempts,
        "IntervalSeconds": retry.interval,
        "MaxDelaySeconds": retry.interval + 1,
        "JitterStrategy": if retry.jitter { "FULL" } else { "NONE" },
    })
}
