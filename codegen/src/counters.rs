//! Whether a loop has no more rounds than its workflow says. Its counter begins at 1, goes up by one with each round, and its
//! head leaves the loop as soon as it is greater than the bound.

use asl::{Condition, EdgeKind, State, StateKind, StateMachine, States};
use flow::Workflow;
use picture::Graph;
use serde_json::Value;

use crate::{
    Invalid,
    loops::{Loop, Nesting},
};

/// The loops of a machine that may have more rounds than its workflow says. What is wrong with states that lead nowhere, and
/// with loops that have no head or no bound, is told by others.
pub(crate) fn uncounted(workflow: &Workflow, machine: &StateMachine) -> Vec<Invalid> {
    let mut found = Vec::new();
    for scope in machine.scopes() {
        let Ok(graph) = Graph::of(scope.states) else { continue };
        let Ok(nesting) = Nesting::of(&graph) else { continue };
        for one in &nesting.loops {
            let head = graph.names[one.head];
            let Some(rounds) = workflow.loops.get(head) else {
                continue;
            };
            if let Some(why) = fault(scope.states, &graph, one, *rounds) {
                let place = workflow
                    .places
                    .get(head)
                    .map_or_else(|| head.to_owned(), ToString::to_string);
                let detail = format!("state `{head}`: the loop may have more than its {rounds} rounds: {why}");
                found.push(Invalid::new(&workflow.name, place, detail));
            }
        }
    }
    found
}

fn fault(states: &States, graph: &Graph<'_>, one: &Loop, rounds: u32) -> Option<String> {
    let Some(counter) = counter(states, graph, one, rounds) else {
        return Some(format!(
            "no rule of its head leaves it when a counter is greater than {rounds}"
        ));
    };
    if graph.start == one.head {
        return Some(format!("`${counter}` does not begin at 1"));
    }
    let again = Value::from(format!("{{% ${counter} + 1 %}}"));
    for (from, (name, state)) in states.states.iter().enumerate() {
        for edge in state.edges() {
            let Some(to) = states.states.get_index_of(edge.to) else {
                continue;
            };
            let assigned = assigned(state, edge.kind).and_then(|assign| assign.get(&counter));
            let (from_inside, into_head) = (one.body.contains(&from), to == one.head);
            let right = match (from_inside, into_head) {
                (true, true) => assigned == Some(&again),
                (false, true) => assigned == Some(&Value::from(1)),
                (true, false) => assigned.is_none() || !one.body.contains(&to),
                (false, false) => true,
            };
            if !right {
                return Some(format!("`${counter}` is not counted from `{name}` to `{}`", edge.to));
            }
        }
    }
    None
}

/// The variable by which the head leaves the loop, before any rule of it leads on inside.
fn counter(states: &States, graph: &Graph<'_>, one: &Loop, rounds: u32) -> Option<String> {
    let StateKind::Choice(choice) = &graph.states[one.head].kind else {
        return None;
    };
    let leaves = |next: &str| {
        states
            .states
            .get_index_of(next)
            .is_some_and(|next| !one.body.contains(&next))
    };
    let before = choice.choices.iter().take_while(|rule| leaves(&rule.next));
    let mut counters = before.filter_map(|rule| match &rule.condition {
        Condition::Jsonata(Value::String(text)) => compared(text, rounds),
        _ => None,
    });
    counters.next()
}

/// The variable of which an expression says, whatever else it says, that it holds when that is greater than a number.
fn compared(expression: &str, than: u32) -> Option<String> {
    let source = expression.strip_prefix("{%")?.strip_suffix("%}")?;
    let mut open = 0_usize;
    source.split(" or ").find_map(|part| {
        let outside = open == 0;
        open = (open + part.matches(['(', '[', '{']).count()).saturating_sub(part.matches([')', ']', '}']).count());
        let name = part.trim().strip_prefix('$')?.strip_suffix(&format!(" > {than}"))?;
        let is_name = name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
        (outside && is_name).then(|| name.to_owned())
    })
}

/// What a transition assigns.
fn assigned(state: &State, kind: EdgeKind) -> Option<&Value> {
    match (kind, &state.kind) {
        (EdgeKind::Choice(rule), StateKind::Choice(choice)) => choice.choices.get(rule)?.assign.as_ref(),
        (EdgeKind::Catch(catcher), kind) => kind.catch().get(catcher)?.assign.as_ref(),
        _ => state.assign.as_ref(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counter_is_the_one_that_leaves_the_loop_by_itself() {
        assert_eq!(compared("{% $round > 5 %}", 5).as_deref(), Some("round"));
        assert_eq!(compared("{% $f(1) or $round > 5 or $x %}", 5).as_deref(), Some("round"));
        for other in [
            "{% $round > 4 %}",
            "{% $round > 5 and $x %}",
            "{% $x and ($y or $round > 5 or $z) %}",
            "{% $round.x > 5 %}",
        ] {
            assert_eq!(compared(other, 5), None, "{other}");
        }
    }
}
