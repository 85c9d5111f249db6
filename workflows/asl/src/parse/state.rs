//! One state.

use super::object::Object;
use super::{choice, error_handling, fields, map, states};
use crate::json::Json;
use crate::{
    Fail, Finding, Kind, Parallel, Pass, QueryLanguage, State, StateKind, StateType, Task, Transition, Wait, WaitFor,
};

/// The state in this object; `None` when too little of it could be read.
///
/// The query language that comes in is the state machine's: a `Map` or `Parallel` does not hand its own on.
pub(super) fn state(mut object: Object<'_>) -> Option<State> {
    let machine_language = object.language;
    let query_language = states::query_language(&object);
    object.language = query_language.unwrap_or(machine_language);
    if !object.require(&["Type"]) {
        return None;
    }
    let state_type = state_type(&object)?;
    object.allow(&fields::of_state(state_type).collect::<Vec<_>>());
    let kind = kind(&object, state_type, machine_language);
    let transition = if state_type.has_transition() {
        transition(&object).ok()?
    } else {
        None
    };
    Some(State {
        comment: object.text("Comment"),
        query_language,
        input_path: object.path_or_null("InputPath"),
        output_path: object.path_or_null("OutputPath"),
        assign: object.structure("Assign"),
        output: object.any("Output"),
        transition,
        kind: kind?,
    })
}

fn state_type(object: &Object<'_>) -> Option<StateType> {
    object.one_of("Type", &StateType::ALL.map(|kind| (kind.name(), kind)))
}

/// A transition that is there but cannot be read.
struct Unreadable;

/// `Next` or `End`; `None` when the state has neither, which is the validator's to judge.
fn transition(object: &Object<'_>) -> Result<Option<Transition>, Unreadable> {
    let end = match object.get("End").map(|node| &node.json) {
        Some(Json::Bool(end)) => *end,
        Some(_) => {
            object.sink.wrong_type(&object.pointer.key("End"), "Boolean");
            return Err(Unreadable);
        }
        None => false,
    };
    if end {
        object.exclusive(&["Next", "End"]);
    }
    if object.has("Next") {
        return object
            .text("Next")
            .map(|next| Some(Transition::Next(next)))
            .ok_or(Unreadable);
    }
    Ok(end.then_some(Transition::End))
}

fn kind(object: &Object<'_>, state_type: StateType, machine: QueryLanguage) -> Option<StateKind> {
    Some(match state_type {
        StateType::Task => StateKind::Task(Box::new(task(object)?)),
        StateType::Wait => StateKind::Wait(Wait {
            until: wait_for(object)?,
        }),
        StateType::Pass => StateKind::Pass(pass(object)),
        StateType::Succeed => StateKind::Succeed,
        StateType::Fail => StateKind::Fail(fail(object)),
        StateType::Choice => StateKind::Choice(choice::choice(object)?),
        StateType::Parallel => StateKind::Parallel(Box::new(parallel(object, machine)?)),
        StateType::Map => StateKind::Map(Box::new(map::map(object, machine)?)),
    })
}

fn task(object: &Object<'_>) -> Option<Task> {
    object.require(&["Resource"]);
    let resource = object.text("Resource");
    let (retry, catch) = (error_handling::retry(object), error_handling::catch(object));
    Some(Task {
        arguments: object.any("Arguments"),
        parameters: object.any("Parameters"),
        result_selector: object.structure("ResultSelector"),
        result_path: object.path_or_null("ResultPath"),
        timeout_seconds: object.computed_number("TimeoutSeconds"),
        heartbeat_seconds: object.computed_number("HeartbeatSeconds"),
        credentials: object.structure("Credentials"),
        resource: resource?,
        retry: retry?,
        catch: catch?,
    })
}

fn pass(object: &Object<'_>) -> Pass {
    Pass {
        result: object.any("Result"),
        parameters: object.any("Parameters"),
        result_path: object.path_or_null("ResultPath"),
    }
}

fn fail(object: &Object<'_>) -> Fail {
    Fail {
        error: object.computed_text("Error"),
        cause: object.computed_text("Cause"),
    }
}

const DURATIONS: &[&str] = &["Seconds", "SecondsPath", "Timestamp", "TimestampPath"];

fn wait_for(object: &Object<'_>) -> Option<WaitFor> {
    let given = DURATIONS.iter().filter(|name| object.has(name)).count();
    if given == 0 {
        let message = format!(
            "There should be exactly one of the following fields: [{}]",
            DURATIONS.join(", ")
        );
        object
            .sink
            .push(Finding::new(Kind::MissingField, &object.pointer, message));
        return None;
    }
    let seconds = object.computed_number("Seconds");
    let timestamp = object.computed_text("Timestamp");
    if seconds.is_some() && timestamp.is_some() {
        object.exclusive(DURATIONS);
    }
    seconds.map(WaitFor::Seconds).or(timestamp.map(WaitFor::Timestamp))
}

fn parallel(object: &Object<'_>, machine: QueryLanguage) -> Option<Parallel> {
    let complete = object.require(&["Branches"]);
    let branches = object.each("Branches", |branch| {
        let branch = Object {
            language: machine,
            ..branch.clone()
        };
        branch.allow(fields::BRANCH);
        states::states(&branch)
    });
    let (retry, catch) = (error_handling::retry(object), error_handling::catch(object));
    let parallel = Parallel {
        arguments: object.any("Arguments"),
        parameters: object.any("Parameters"),
        result_selector: object.structure("ResultSelector"),
        result_path: object.path_or_null("ResultPath"),
        branches: branches?,
        retry: retry?,
        catch: catch?,
    };
    complete.then_some(parallel)
}
