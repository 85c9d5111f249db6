//! One state: `Type` first, then what comes in, what is done, what goes out, what follows.

use serde_json::Value;

use super::fields::Fields;
use super::{choice, error_handling, map, states};
use crate::{Fail, Parallel, Pass, QueryLanguage, State, StateKind, Task, Transition, Wait, WaitFor};

pub(super) fn state(state: &State, machine: QueryLanguage) -> Value {
    let mut fields = Fields::default();
    fields.put("Type", state.kind.state_type().name());
    fields.some("Comment", state.comment.as_ref());
    states::query_language(&mut fields, state.query_language);
    fields.path("InputPath", state.input_path.as_ref());
    match &state.kind {
        StateKind::Task(it) => task(&mut fields, it),
        StateKind::Pass(it) => pass(&mut fields, it),
        StateKind::Choice(it) => choice::choice(&mut fields, it),
        StateKind::Wait(it) => wait(&mut fields, it),
        StateKind::Succeed => {}
        StateKind::Fail(it) => fail(&mut fields, it),
        StateKind::Parallel(it) => parallel(&mut fields, it, machine),
        StateKind::Map(it) => map::map(&mut fields, it, machine, state.query_language.unwrap_or(machine)),
    }
    fields.path("OutputPath", state.output_path.as_ref());
    fields.some("Assign", state.assign.as_ref());
    fields.some("Output", state.output.as_ref());
    error_handling::put(&mut fields, &state.kind);
    transition(&mut fields, state.transition.as_ref());
    fields.finish()
}

fn transition(fields: &mut Fields, transition: Option<&Transition>) {
    match transition {
        Some(Transition::Next(next)) => fields.put("Next", next.clone()),
        Some(Transition::End) => fields.put("End", true),
        None => {}
    }
}

fn task(fields: &mut Fields, task: &Task) {
    fields.put("Resource", task.resource.clone());
    fields.some("Arguments", task.arguments.as_ref());
    fields.some("Parameters", task.parameters.as_ref());
    fields.some("Credentials", task.credentials.as_ref());
    fields.number("TimeoutSeconds", task.timeout_seconds.as_ref());
    fields.number("HeartbeatSeconds", task.heartbeat_seconds.as_ref());
    fields.some("ResultSelector", task.result_selector.as_ref());
    fields.path("ResultPath", task.result_path.as_ref());
}

fn pass(fields: &mut Fields, pass: &Pass) {
    fields.some("Result", pass.result.as_ref());
    fields.some("Parameters", pass.parameters.as_ref());
    fields.path("ResultPath", pass.result_path.as_ref());
}

fn wait(fields: &mut Fields, wait: &Wait) {
    match &wait.until {
        WaitFor::Seconds(seconds) => fields.number("Seconds", Some(seconds)),
        WaitFor::Timestamp(timestamp) => fields.text("Timestamp", Some(timestamp)),
    }
}

fn fail(fields: &mut Fields, fail: &Fail) {
    fields.text("Error", fail.error.as_ref());
    fields.text("Cause", fail.cause.as_ref());
}

fn parallel(fields: &mut Fields, parallel: &Parallel, machine: QueryLanguage) {
    fields.some("Arguments", parallel.arguments.as_ref());
    fields.some("Parameters", parallel.parameters.as_ref());
    let branches = parallel
        .branches
        .iter()
        .map(|branch| states::states(branch, machine).finish());
    fields.put("Branches", branches.collect::<Value>());
    fields.some("ResultSelector", parallel.result_selector.as_ref());
    fields.path("ResultPath", parallel.result_path.as_ref());
}
