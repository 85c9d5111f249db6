//! Transitions: that they lead somewhere, that every state is reached, that there is an end.
//!
//! Wording, order and suppression are AWS's: dangling targets first, then the missing end, and only when there is an end
//! the states nothing leads to.

use std::collections::HashSet;

use super::Partial;
use crate::parse::similar;
use crate::walk::Scope;
use crate::{Finding, Kind};

pub(super) fn check(partial: &Partial<'_>, out: &mut Vec<Finding>) {
    for scope in partial.machine.scopes() {
        let complete = transitions(&scope, out);
        targets(partial, &scope, out);
        // While a state or a transition is missing, what seems unreachable or endless may well be fine.
        if complete && partial.lost.is_empty() {
            ends(&scope, out);
        }
    }
}

/// A state that is no `Choice`, `Succeed` or `Fail` says what follows; the others do not. Whether all of them say it.
fn transitions(scope: &Scope<'_>, out: &mut Vec<Finding>) -> bool {
    let before = out.len();
    for (name, state) in &scope.states.states {
        let state_type = state.kind.state_type();
        let pointer = scope.pointer_of(name);
        if state_type.has_transition() && state.transition.is_none() {
            let message = "There should be exactly one of the following fields: [Next, End]";
            let help = "add `\"Next\": name` or `\"End\": true`";
            out.push(Finding::new(Kind::MissingTransition, &pointer, message).help(help));
        }
        if !state_type.has_transition() && state.transition.is_some() {
            let message = format!("A {state_type} state has neither `Next` nor `End`");
            out.push(Finding::new(Kind::UnsupportedField, &pointer, message));
        }
    }
    out.len() == before
}

/// AWS says `Next` whatever the field is called.
fn targets(partial: &Partial<'_>, scope: &Scope<'_>, out: &mut Vec<Finding>) {
    let start = (scope.pointer.key("StartAt"), scope.states.start_at.as_str());
    let edges = scope.states.states.iter().flat_map(|(name, state)| {
        let pointer = scope.pointer_of(name);
        state
            .edges()
            .into_iter()
            .map(move |edge| (edge.kind.pointer(&pointer), edge.to))
    });
    for (pointer, to) in std::iter::once(start).chain(edges) {
        let known = scope.states.states.contains_key(to) || partial.lost.contains(&scope.pointer_of(to));
        if !known {
            let finding = Finding::new(Kind::MissingTarget, &pointer, format!("Missing 'Next' target: {to}"));
            let help = if out.len() < HELPED {
                remedy(partial, scope, to)
            } else {
                None
            };
            out.push(Finding { help, ..finding });
        }
    }
}

/// Looking for the name that was meant costs a walk over all states, which nobody wants a thousand times.
const HELPED: usize = 20;

fn remedy(partial: &Partial<'_>, scope: &Scope<'_>, to: &str) -> Option<String> {
    if partial.machine.walk().iter().any(|visit| visit.name == to) {
        return Some("the state of this name stands in another scope; a transition cannot leave its own".to_owned());
    }
    let close = scope.states.states.keys().find(|name| similar(to, name))?;
    Some(format!("did you mean `{close}`?"))
}

fn ends(scope: &Scope<'_>, out: &mut Vec<Finding>) {
    if !scope.states.states.values().any(crate::State::is_terminal) {
        let message = "Workflow has no terminal state";
        let help = "give one state `\"End\": true`, or add a Succeed or Fail";
        out.push(
            Finding::new(Kind::NoTerminalState, &scope.pointer, message)
                .help(help)
                .nowhere(),
        );
        return;
    }
    let reached = reached(scope);
    for name in scope
        .states
        .states
        .keys()
        .filter(|name| !reached.contains(name.as_str()))
    {
        let message = format!("State \"{name}\" is not reachable.");
        out.push(Finding::new(Kind::Unreachable, &scope.pointer_of(name), message));
    }
}

/// The states that can be reached from `StartAt`.
fn reached<'a>(scope: &Scope<'a>) -> HashSet<&'a str> {
    let mut reached = HashSet::new();
    let mut open = vec![scope.states.start_at.as_str()];
    while let Some(name) = open.pop() {
        if let Some(state) = scope.states.states.get(name)
            && reached.insert(name)
        {
            open.extend(state.edges().iter().map(|edge| edge.to));
        }
    }
    reached
}
