//! `Resource` of a `Task`: an ARN, of something that can be called, in a way the type of the state machine allows.

use super::Partial;
use crate::integration::INTEGRATIONS;
use crate::{ExecutionType, Finding, Kind, Options, Pointer, StateKind};

pub(super) fn check(partial: &Partial<'_>, options: Options, out: &mut Vec<Finding>) {
    for visit in partial.machine.walk() {
        if let StateKind::Task(task) = &visit.state.kind {
            let pointer = visit.pointer.key("Resource");
            out.extend(task_resource(&task.resource, &pointer, options));
        }
    }
}

/// Stands where a placeholder was; no ARN holds it.
const FILLED_IN_LATER: &str = "\u{1a}";

fn task_resource(resource: &str, pointer: &Pointer, options: Options) -> Option<Finding> {
    let text = if options.placeholders {
        without_placeholders(resource)
    } else {
        resource.to_owned()
    };
    if text.starts_with(FILLED_IN_LATER) {
        return None;
    }
    let parts: Vec<_> = text.split(':').collect();
    let well_formed = parts.len() >= 6 && parts[0] == "arn" && parts[1..3].iter().all(|part| !part.is_empty());
    if !well_formed || parts[5].is_empty() {
        let help = "an ARN has the form arn:partition:service:region:account:resource";
        return Some(Finding::new(Kind::Resource, pointer, "Value is not a valid resource ARN").help(help));
    }
    match (parts[2], parts[5]) {
        ("lambda", _) => (!is_function(&parts[5..])).then(|| not_recognized(resource, pointer)),
        ("states", "activity") => express(options, pointer, "Express state machine does not support Activity ARN"),
        ("states", _) => integration(resource, &parts[5..], pointer, options),
        _ => None,
    }
}

/// Replaces each `${…}`, which may hold colons of its own.
fn without_placeholders(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((_, after)) = after.split_once('}') else { break };
        out = out + before + FILLED_IN_LATER;
        rest = after;
    }
    out + rest
}

fn is_function(parts: &[&str]) -> bool {
    let name = |text: &&str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_$".contains(c) || FILLED_IN_LATER.contains(c);
        !text.is_empty() && text.chars().all(allowed)
    };
    parts[0] == "function" && (2..=3).contains(&parts.len()) && parts[1..].iter().all(name)
}

fn not_recognized(resource: &str, pointer: &Pointer) -> Finding {
    let message = format!(
        "The resource provided {resource} is not recognized. The value is not a valid resource ARN, or the resource is \
         not available in this region."
    );
    Finding::new(Kind::Resource, pointer, message)
}

fn express(options: Options, pointer: &Pointer, message: &str) -> Option<Finding> {
    (options.machine_type == ExecutionType::Express).then(|| Finding::new(Kind::Express, pointer, message))
}

/// `service:action[.pattern]`, or `aws-sdk:service:action[.pattern]`.
fn integration(resource: &str, parts: &[&str], pointer: &Pointer, options: Options) -> Option<Finding> {
    let call = parts[1..].join(":");
    let (action, pattern) = call.split_once('.').unwrap_or((&call, ""));
    let known = match parts[0] {
        "aws-sdk" => is_sdk_call(action) && matches!(pattern, "" | "waitForTaskToken"),
        service => {
            service.contains(FILLED_IN_LATER)
                || action.contains(FILLED_IN_LATER)
                || is_optimized(service, action, pattern)
        }
    };
    if !known {
        let help = "an integration is called service:action; every API action is also aws-sdk:service:action";
        return Some(not_recognized(resource, pointer).help(help));
    }
    // The space at the end of the first text is AWS's.
    match pattern {
        "waitForTaskToken" => express(
            options,
            pointer,
            "Express state machine does not support '.waitForTaskToken' service integration ",
        ),
        "sync" | "sync:2" => express(
            options,
            pointer,
            "Express state machine does not support '.sync' service integration",
        ),
        _ => None,
    }
}

fn is_sdk_call(call: &str) -> bool {
    let name = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || FILLED_IN_LATER.contains(c))
    };
    call.split_once(':').is_some_and(|(service, action)| {
        name(service) && name(action) && !action.starts_with(|c: char| c.is_ascii_uppercase())
    })
}

fn is_optimized(service: &str, action: &str, pattern: &str) -> bool {
    let matching = |it: &&crate::integration::Integration| it.service == service && it.actions.contains(&action);
    INTEGRATIONS
        .iter()
        .find(matching)
        .is_some_and(|integration| match pattern {
            "" => true,
            "sync" => integration.sync,
            "sync:2" => integration.sync && service == "states",
            "waitForTaskToken" => integration.token,
            _ => false,
        })
}
