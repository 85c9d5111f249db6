//! From the graph to the States Language.

mod nests;

use std::collections::BTreeMap;

use asl::{
    Catcher, Choice, ChoiceRule, Condition, Fail, Number, Pass, QueryLanguage, StateKind, StateMachine, States, Text,
    Transition, Wait, WaitFor,
};
use expr::Node;
use serde_json::Value;

use crate::{
    graph::{Caught, Edge, Graph, Kind, State, Task, To, WHOLE},
    jsonata::Printer,
    tree::WaitUntil,
};

/// The definition.
pub(crate) fn emit(graph: &Graph) -> StateMachine {
    StateMachine {
        comment: None,
        version: None,
        query_language: Some(QueryLanguage::JSONata),
        timeout_seconds: None,
        states: states(graph),
    }
}

/// The states of a workflow, a branch or an iteration.
pub(crate) fn states(graph: &Graph) -> States {
    let states = graph.order().into_iter().map(|at| {
        let state = &graph.states[at];
        (state.label.name.clone(), Emitter { graph, at }.state(state))
    });
    States {
        start_at: graph.states[graph.start].label.name.clone(),
        states: states.collect(),
    }
}

/// The loops' heads and their bounds.
pub(crate) fn loops(graph: &Graph) -> BTreeMap<String, u32> {
    let heads = graph.reached().into_iter();
    let bounds = heads.filter_map(|state| Some((state.label.name.clone(), state.rounds?)));
    bounds.collect()
}

/// The output of a state that passes on its input unless it says otherwise.
fn unless_whole(output: Value) -> Option<Value> {
    (output != format!("{{% {WHOLE} %}}")).then_some(output)
}

struct Emitter<'a> {
    graph: &'a Graph,
    at: usize,
}

impl Emitter<'_> {
    fn printer(&self) -> Printer<'_> {
        Printer {
            given: self.graph.given_at(self.at),
        }
    }

    fn state(&self, state: &State) -> asl::State {
        let mut emitted = asl::State::new(match &state.kind {
            Kind::Task(task) => StateKind::Task(Box::new(self.task(task))),
            Kind::Wait { until, .. } => StateKind::Wait(self.wait(until)),
            Kind::Choice { rules, default } => self.choice(rules, default),
            Kind::Pass { .. } => StateKind::Pass(Pass::default()),
            Kind::Succeed { .. } => StateKind::Succeed,
            Kind::Fail { error, cause } => StateKind::Fail(self.fail(error, cause.as_deref())),
            Kind::Nest(nest) => self.nest(nest),
        });
        emitted.comment.clone_from(&state.label.comment);
        match &state.kind {
            Kind::Task(task) => self.follow(&task.next, &mut emitted),
            Kind::Nest(nest) => self.follow(&nest.next, &mut emitted),
            Kind::Wait { next, .. } | Kind::Pass { next } => self.follow(next, &mut emitted),
            Kind::Choice { default, .. } => {
                emitted.assign = self.assign(default);
                emitted.output = self.output(default, &emitted.kind);
            }
            Kind::Succeed { output } => emitted.output = unless_whole(self.given_on(output)),
            Kind::Fail { .. } => {}
        }
        emitted
    }

    fn follow(&self, next: &Edge, emitted: &mut asl::State) {
        emitted.assign = self.assign(next);
        match &next.to {
            To::State(target) => {
                emitted.output = self.output(next, &emitted.kind);
                emitted.transition = Some(Transition::Next(self.name(*target)));
            }
            To::End(output) => {
                emitted.output = Some(self.given_on(output));
                emitted.transition = Some(Transition::End);
            }
        }
    }

    fn assign(&self, edge: &Edge) -> Option<Value> {
        let assigns = edge
            .assigns
            .iter()
            .map(|(name, value)| (name.clone(), self.printer().template(value)));
        let assigns = assigns.collect::<serde_json::Map<_, _>>();
        (!assigns.is_empty()).then_some(Value::Object(assigns))
    }

    /// What the next state gets, where it reads it.
    fn output(&self, edge: &Edge, kind: &StateKind) -> Option<Value> {
        match kind {
            StateKind::Pass(_) | StateKind::Wait(_) | StateKind::Choice(_) => self.passed_on(edge),
            _ => edge.output.as_deref().map(|output| self.given_on(output)),
        }
    }

    /// `Output` or `Arguments`: an object or an expression. The language takes any JSON there, but not every tool that reads
    /// it does.
    fn given_on(&self, node: &Node) -> Value {
        match self.printer().template(node) {
            object @ Value::Object(_) => object,
            Value::String(text) if text.starts_with("{%") => Value::String(text),
            _ => Value::String(self.printer().expression(node)),
        }
    }

    /// The same of a state that passes on its input unless it says otherwise.
    fn passed_on(&self, edge: &Edge) -> Option<Value> {
        unless_whole(self.given_on(edge.output.as_deref()?))
    }

    fn name(&self, target: usize) -> String {
        self.graph.states[target].label.name.clone()
    }

    /// The name of the state that an edge leads to; `add_ends` has given each edge one that needs one.
    fn next(&self, edge: &Edge) -> String {
        edge.target().map(|target| self.name(target)).unwrap_or_default()
    }

    fn catch(&self, catch: &[Caught]) -> Vec<Catcher> {
        let catch = catch.iter().map(|caught| Catcher {
            comment: None,
            error_equals: caught.errors.clone(),
            next: self.next(&caught.next),
            result_path: None,
            assign: self.assign(&caught.next),
            output: caught.next.output.as_deref().map(|output| self.given_on(output)),
        });
        catch.collect()
    }

    fn task(&self, task: &Task) -> asl::Task {
        asl::Task {
            arguments: Some(self.given_on(&task.arguments)),
            timeout_seconds: Some(self.number(&task.timeout)),
            heartbeat_seconds: task.heartbeat_seconds.map(|seconds| Number::Literal(seconds.into())),
            retry: task.retry.clone(),
            catch: self.catch(&task.catch),
            ..asl::Task::new(&task.resource)
        }
    }

    fn number(&self, node: &Node) -> Number {
        match node {
            Node::Literal(Value::Number(number)) => Number::Literal(number.clone()),
            _ => Number::Jsonata(self.printer().expression(node)),
        }
    }

    fn wait(&self, until: &WaitUntil) -> Wait {
        let until = match until {
            WaitUntil::Seconds(node) => WaitFor::Seconds(self.number(node)),
            WaitUntil::Timestamp(node) => WaitFor::Timestamp(self.text(node)),
        };
        Wait { until }
    }

    fn choice(&self, rules: &[crate::graph::Rule], default: &Edge) -> StateKind {
        let choices = rules.iter().map(|rule| ChoiceRule {
            comment: None,
            condition: Condition::Jsonata(Value::String(self.printer().expression(&rule.test))),
            next: self.next(&rule.next),
            assign: self.assign(&rule.next),
            output: self.passed_on(&rule.next),
        });
        StateKind::Choice(Choice {
            choices: choices.collect(),
            default: Some(self.next(default)),
        })
    }

    fn fail(&self, error: &str, cause: Option<&Node>) -> Fail {
        Fail {
            error: Some(Text::Literal(error.to_owned())),
            cause: cause.map(|cause| self.text(cause)),
        }
    }

    fn text(&self, node: &Node) -> Text {
        match node {
            Node::Literal(Value::String(text)) if !text.starts_with("{%") => Text::Literal(text.clone()),
            _ => Text::Jsonata(self.printer().expression(node)),
        }
    }
}
