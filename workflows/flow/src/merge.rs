//! States that do the same and go on alike are one state.

use std::collections::HashMap;

use crate::{
    emit,
    graph::{Edge, Graph, Kind, To},
    jsonata::Printer,
    tree::WaitUntil,
};

/// Merges equal tails, loops included: states begin in one class if they do the same themselves, and classes are split
/// until the states of each class also lead to the same classes. (Hopcroft's minimisation, in its plain form.)
pub(crate) fn merge(graph: &mut Graph) {
    let mut classes = classes_of((0..graph.states.len()).map(|at| own_work(graph, at)));
    loop {
        let refined = classes_of(graph.states.iter().enumerate().map(|(at, state)| {
            let targets = state
                .edges()
                .into_iter()
                .map(|edge| edge.target().map(|target| classes[target]));
            (classes[at], targets.collect::<Vec<_>>())
        }));
        let done = count(&refined) == count(&classes);
        classes = refined;
        if done {
            break;
        }
    }
    let targets = classes
        .iter()
        .enumerate()
        .map(|(at, class)| classes.iter().position(|earlier| earlier == class).unwrap_or(at))
        .collect::<Vec<_>>();
    graph.start = targets[graph.start];
    for state in &mut graph.states {
        for edge in state.edges_mut() {
            if let To::State(target) = &mut edge.to {
                *target = targets[*target];
            }
        }
        match &mut state.kind {
            Kind::Task(task) => join_catchers(&mut task.catch),
            Kind::Nest(nest) => join_catchers(&mut nest.catch),
            _ => {}
        }
    }
}

/// What a state does as it will be printed, apart from where it goes and where it was asked for.
fn own_work(graph: &Graph, at: usize) -> String {
    let state = &graph.states[at];
    let printer = Printer {
        given: graph.given_at(at),
    };
    let kind = match &state.kind {
        Kind::Task(task) => {
            let errors = task.catch.iter().map(|caught| &caught.errors).collect::<Vec<_>>();
            let heartbeat = task.heartbeat_seconds;
            format!("{} {heartbeat:?} {:?} {errors:?}", task.resource, task.retry)
        }
        Kind::Wait { until, .. } => format!("wait {}", matches!(until, WaitUntil::Seconds(_))),
        Kind::Choice { .. } => "choice".to_owned(),
        Kind::Pass { .. } => "pass".to_owned(),
        Kind::Succeed { .. } => "succeed".to_owned(),
        Kind::Fail { error, .. } => format!("fail {error}"),
        Kind::Nest(nest) => {
            let errors = nest.catch.iter().map(|caught| &caught.errors).collect::<Vec<_>>();
            let bodies = nest.bodies.iter().map(emit::states).collect::<Vec<_>>();
            let given = nest.bodies.iter().map(|body| &body.given).collect::<Vec<_>>();
            let limits = nest.each.as_ref().map(|each| (each.max_concurrency, each.children));
            format!("nest {limits:?} {:?} {errors:?} {given:?} {bodies:?}", nest.retry)
        }
    };
    let expressions = state.expressions().into_iter().map(|node| printer.template(node));
    let edges = state.edges().into_iter().map(|edge| {
        let assigns = edge.assigns.iter().map(|(name, value)| (name, printer.template(value)));
        let output = match &edge.to {
            To::End(output) => Some(printer.template(output)),
            To::State(_) => None,
        };
        (assigns.collect::<Vec<_>>(), output)
    });
    let (expressions, edges) = (expressions.collect::<Vec<_>>(), edges.collect::<Vec<_>>());
    let (name, comment) = (&state.label.name, &state.label.comment);
    format!("{name} {comment:?} {:?} {kind} {expressions:?} {edges:?}", state.rounds)
}

fn classes_of<K: std::hash::Hash + Eq>(keys: impl Iterator<Item = K>) -> Vec<usize> {
    let mut known = HashMap::new();
    keys.map(|key| {
        let next = known.len();
        *known.entry(key).or_insert(next)
    })
    .collect()
}

fn count(classes: &[usize]) -> usize {
    classes.iter().max().map_or(0, |most| most + 1)
}

/// Errors that lead the same way share one `Catch`.
fn join_catchers(catch: &mut Vec<crate::graph::Caught>) {
    let mut joined: Vec<crate::graph::Caught> = Vec::new();
    for caught in catch.drain(..) {
        let all = caught.errors.iter().any(|error| error == "States.ALL");
        let same = |edge: &Edge| *edge == caught.next;
        match joined.iter_mut().find(|earlier| same(&earlier.next)) {
            Some(earlier) if !all => earlier.errors.extend(caught.errors),
            _ => joined.push(caught),
        }
    }
    *catch = joined;
}
