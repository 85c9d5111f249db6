//! A workflow, from the author's closures to its definition.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use asl::{ExecutionType, ProcessorMode, StateKind, StateMachine};
use expr::{Expr, Never, Node, Shape, Source};
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

use crate::{
    Failure, Finding, Place, Scope, Then, build::Build, checks, emit, graph::Gets, limits::LONGEST_SECONDS, passes,
    qualify, tree::Block,
};

/// A workflow, ready to be written down.
#[derive(Clone, Debug)]
pub struct Workflow {
    /// The name of the state machine, in kebab case: `process-message`.
    pub name: String,
    /// Standard (exactly once, up to a year, billed by transition) or Express (at least once, up to five minutes, billed by
    /// time).
    pub kind: ExecutionType,
    /// The definition. Targets are placeholders such as `${DeliverMessageArn}` and `${DeadLetterQueueUrl}`.
    pub definition: StateMachine,
    /// The JSON Schema (draft 2020-12) of what an input must be.
    pub input_schema: Value,
    /// The JSON Schema (draft 2020-12) of what an output is.
    pub output_schema: Value,
    /// Where in the source each state was asked for, by the state's name.
    pub places: BTreeMap<String, Place>,
    /// The names of the activities that it calls or gives to workers: their contracts hold what it gives them.
    pub activities: BTreeSet<&'static str>,
    /// The states whose calls nothing is checked of, because their author asked for that:
    /// [`task_unchecked`](Scope::task_unchecked).
    pub unchecked: BTreeSet<String>,
    /// The most rounds of each loop, by the name of the state at its head.
    pub loops: BTreeMap<String, u32>,
    /// Mistakes. If there is one, the definition must not be used.
    pub findings: Vec<Finding>,
}

impl Workflow {
    /// The same workflow with a comment at the top of its definition.
    #[must_use]
    pub fn commented(mut self, comment: &str) -> Self {
        self.definition.comment = Some(comment.to_owned());
        self
    }

    /// The same workflow, whose executions end after so many seconds with `States.Timeout`, whatever they are at: 1 to
    /// 99,999,999. Nothing catches that. `cargo codegen` refuses a timeout that cuts off tasks and retries which may take longer.
    ///
    /// Source: `TimeoutSeconds` in
    /// <https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html>.
    #[must_use]
    #[track_caller]
    pub fn timeout(mut self, seconds: u32) -> Self {
        if seconds == 0 || seconds > LONGEST_SECONDS {
            let message = format!("a workflow's timeout lasts 1 to {LONGEST_SECONDS} seconds");
            self.findings.push(Finding::new(Place::here(), message));
        }
        self.definition.timeout_seconds = Some(seconds.into());
        self
    }

    /// The same workflow as an Express one: what such a workflow cannot do becomes a finding.
    ///
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html>.
    #[must_use]
    pub fn express(mut self) -> Self {
        self.kind = ExecutionType::Express;
        for visit in self.definition.walk() {
            if let (Some(why), Some(place)) = (standard_only(&visit.state.kind), self.places.get(visit.name)) {
                let message = format!("an Express workflow {why}");
                self.findings.push(Finding::at_state(*place, visit.name, message));
            }
        }
        self
    }
}

/// Why a state cannot stand in an Express workflow.
fn standard_only(kind: &StateKind) -> Option<&'static str> {
    let distributed = |map: &asl::Map| {
        let config = map.item_processor.processor_config.as_ref();
        config.and_then(|config| config.mode) == Some(ProcessorMode::Distributed)
    };
    match kind {
        StateKind::Task(task) if task.resource.ends_with(".waitForTaskToken") => Some("cannot wait for an answer"),
        StateKind::Task(task) if task.resource.contains(".sync") => Some("cannot wait for the end of an execution"),
        StateKind::Task(task) if task.resource.ends_with("ActivityArn}") => Some("has no activity workers"),
        StateKind::Map(map) if distributed(map) => Some("has no distributed Map"),
        _ => None,
    }
}

/// Builds a workflow.
///
/// `otherwise` says what errors lead to that no activity declares; it is required, since no execution may end without
/// having said what becomes of its input. `body` is the main line; its value is the workflow's output.
///
/// Both are run twice and must answer the same: a closure that asks for the time, a random number or a file is refused.
#[track_caller]
pub fn workflow<I: Shape + JsonSchema, O: Shape + JsonSchema>(
    name: &str,
    otherwise: impl for<'s> Fn(&Scope<'s, '_>, &Expr<'s, I>, &Failure<'s>) -> Then<'s, Never>,
    body: impl for<'s> Fn(&Scope<'s, 'static>, Expr<'s, I>) -> Then<'s, O>,
) -> Workflow {
    let place = Place::here();
    let run = || {
        let build = Build::new::<O>();
        let scope = Scope::outermost(&build);
        scope.otherwise(|inner, failure| otherwise(inner, &input(), failure));
        let then = body(&scope, input());
        if then.retry.is_some() {
            build.find(
                place,
                "only what has failed can be retried: `Retry` belongs into the arm of an error",
            );
        }
        let main = Block {
            steps: scope.finish(),
            end: then.end,
        };
        (
            main,
            build.findings.take(),
            build.activities.take(),
            build.unchecked.take(),
        )
    };
    let (main, mut findings, activities, unchecked) = run();
    if run().0 != main {
        findings.push(Finding::new(
            place,
            "two runs of the closures built two different workflows: they must be pure",
        ));
    }
    let mut graph = passes::graph(&main, "", Gets::Input, place, &mut findings);
    qualify::qualify(&mut graph);
    checks::check(&graph, &mut findings);
    let places = graph.reached().into_iter().map(|state| &state.label);
    let places: BTreeMap<_, _> = places.map(|label| (label.name.clone(), label.place)).collect();
    let unchecked = places.iter().filter(|(_, place)| unchecked.contains(place));
    let unchecked = unchecked.map(|(name, _)| name.clone()).collect();
    Workflow {
        name: name.to_owned(),
        kind: ExecutionType::Standard,
        definition: emit::emit(&graph),
        input_schema: SchemaSettings::draft2020_12()
            .for_deserialize()
            .into_generator()
            .into_root_schema_for::<I>()
            .into(),
        output_schema: SchemaSettings::draft2020_12()
            .for_serialize()
            .into_generator()
            .into_root_schema_for::<O>()
            .into(),
        places,
        activities,
        unchecked,
        loops: emit::loops(&graph),
        findings,
    }
}

fn input<'s, I: Shape>() -> Expr<'s, I> {
    Expr::from_node(Rc::new(Node::Source(Source::Input)))
}
