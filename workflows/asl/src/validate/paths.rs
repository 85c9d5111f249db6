//! Fields that hold a path (JSONPath).

use super::Partial;
use crate::path::{Path, Root};
use crate::{Fail, Finding, Kind, PathOrNull, Pointer, QueryLanguage, StateKind, Text, Visit, WaitFor, intrinsic};

pub(super) fn check(partial: &Partial<'_>, out: &mut Vec<Finding>) {
    for visit in partial.machine.walk() {
        if visit.language == QueryLanguage::JSONPath {
            shared(&visit, out);
            kind(&visit, out);
        }
    }
}

/// A path that leads to one value, of the input or a variable.
pub(super) fn reference(text: &str, at: &Pointer, out: &mut Vec<Finding>) {
    if !Path::parse(text).is_some_and(|path| path.is_reference() && path.root != Root::Context) {
        out.push(not_a_reference(at));
    }
}

/// A path of the input, the context object or a variable.
pub(super) fn any(text: &str, at: &Pointer, out: &mut Vec<Finding>) {
    if Path::parse(text).is_none() {
        out.push(Finding::new(Kind::Path, at, "Value must be a valid JSONPath."));
    }
}

fn not_a_reference(at: &Pointer) -> Finding {
    Finding::new(Kind::ReferencePath, at, "Value is not a Reference Path")
        .help("it leads to one value: `$`, `.name`, `['name']` and `[0]` alone")
}

fn shared(visit: &Visit<'_>, out: &mut Vec<Finding>) {
    for (name, path) in [
        ("InputPath", &visit.state.input_path),
        ("OutputPath", &visit.state.output_path),
    ] {
        if let Some(PathOrNull::Path(path)) = path {
            any(path, &visit.pointer.key(name), out);
        }
    }
    for (index, catcher) in visit.state.kind.catch().iter().enumerate() {
        result_path(
            catcher.result_path.as_ref(),
            &visit.pointer.key("Catch").index(index),
            out,
        );
    }
}

fn kind(visit: &Visit<'_>, out: &mut Vec<Finding>) {
    let at = &visit.pointer;
    match &visit.state.kind {
        StateKind::Task(task) => result_path(task.result_path.as_ref(), at, out),
        StateKind::Pass(pass) => result_path(pass.result_path.as_ref(), at, out),
        StateKind::Parallel(parallel) => result_path(parallel.result_path.as_ref(), at, out),
        StateKind::Map(map) => {
            result_path(map.result_path.as_ref(), at, out);
            if let Some(path) = &map.items_path {
                any(path, &at.key("ItemsPath"), out);
            }
        }
        StateKind::Wait(wait) => {
            if let WaitFor::Timestamp(Text::Path(path)) = &wait.until {
                reference(path, &at.key("TimestampPath"), out);
            }
        }
        StateKind::Fail(fail) => texts(fail, at, out),
        StateKind::Choice(_) | StateKind::Succeed => {}
    }
}

/// Where a result goes: into the input, never into the context object or a variable.
fn result_path(path: Option<&PathOrNull>, at: &Pointer, out: &mut Vec<Finding>) {
    if let Some(PathOrNull::Path(path)) = path
        && !Path::parse(path).is_some_and(|path| path.is_reference() && path.root == Root::Data)
    {
        out.push(not_a_reference(&at.key("ResultPath")));
    }
}

/// `ErrorPath` and `CausePath` take a call as well, if its result is a text.
fn texts(fail: &Fail, at: &Pointer, out: &mut Vec<Finding>) {
    for (name, text) in [("ErrorPath", &fail.error), ("CausePath", &fail.cause)] {
        if let Some(Text::Path(text)) = text
            && !Path::parse(text).is_some_and(|path| path.is_reference())
            && !intrinsic::is_text_call(text)
        {
            out.push(not_a_reference(&at.key(name)));
        }
    }
}
