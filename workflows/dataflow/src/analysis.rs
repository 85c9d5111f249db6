//! Follows the data of a machine along every path until nothing changes any more.

use std::collections::{BTreeMap, BTreeSet};

use asl::{Pointer, StateMachine, States};

use crate::{Finding, Knowledge, Rule, finding::Sink, flow::Flow, shape::Shape, template::must_fit};

/// How often a state is looked at again before what still changes is taken for anything.
const PATIENT: usize = 6;
/// How often at most: shapes are finite by then.
const MOST: usize = 40;

/// What was found out about a machine.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// What is wrong or doubtful, in the order of the definition.
    pub findings: Vec<Finding>,
    /// The data of each state that can be reached, by its JSON Pointer.
    pub states: BTreeMap<String, StateData>,
    /// What executions that end well give.
    pub output: Option<Shape>,
}

/// The data of one state, over all ways that lead to it.
#[derive(Clone, Debug, PartialEq)]
pub struct StateData {
    /// Its input.
    pub input: Shape,
    /// The variables that may be assigned when it is entered.
    pub variables: BTreeMap<String, Shape>,
    /// What it hands to what it calls: `Arguments`, or the input where there are none. Of a `Map`, the items.
    pub arguments: Shape,
    /// What it gets back.
    pub result: Shape,
    /// Its output where it succeeds.
    pub output: Shape,
    /// The most seconds that a `Wait` waits and that an attempt of a `Task` takes, where an expression or a path says so;
    /// `None`: no bound is known, or nothing says so.
    pub seconds: Option<f64>,
}

/// Follows the data of a machine. It should be valid (`asl::check`): transitions to nowhere are passed over.
pub fn analyse(machine: &StateMachine, knowledge: &Knowledge<'_>) -> Analysis {
    let mut run = Run {
        machine,
        knowledge,
        sink: Sink {
            open: true,
            ..Sink::default()
        },
        states: BTreeMap::new(),
        assigned: Vec::new(),
    };
    let entry = Flow {
        input: knowledge.input.clone(),
        variables: BTreeMap::new(),
    };
    let root = Place {
        pointer: Pointer::root(),
        item: None,
        outer: BTreeSet::new(),
        is_caught: false,
    };
    let output = run.level(&machine.states, &root, entry);
    run.unread();
    let mut findings = run.sink.findings;
    findings.sort_by_key(|finding| finding.rule.severity() == asl::Severity::Warning);
    Analysis {
        findings,
        states: run.states,
        output,
    }
}

/// A set of states on the way: where it stands and what belongs to the state around it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) pointer: Pointer,
    /// The item of the `Map` around it.
    pub(crate) item: Option<Shape>,
    /// The variables of the scopes around it.
    pub(crate) outer: BTreeSet<String>,
    /// Whether a state around it catches every error that ends it.
    pub(crate) is_caught: bool,
}

pub(crate) struct Run<'a> {
    pub(crate) machine: &'a StateMachine,
    pub(crate) knowledge: &'a Knowledge<'a>,
    pub(crate) sink: Sink,
    pub(crate) states: BTreeMap<String, StateData>,
    /// Every assignment met, with its place.
    pub(crate) assigned: Vec<(String, Pointer)>,
}

/// Where a state leads: to the states of these names with these flows, and to the end with these outputs.
#[derive(Debug, Default)]
pub(crate) struct Ways {
    pub(crate) next: Vec<(String, Flow)>,
    pub(crate) end: Option<Shape>,
    /// The output where the state succeeds.
    pub(crate) output: Option<Shape>,
    /// What it hands out, and what it gets back.
    pub(crate) call: Option<(Shape, Shape)>,
    /// The most seconds that it takes, by what the data say.
    pub(crate) seconds: Option<f64>,
}

impl<'a> Run<'a> {
    /// The shape of what a set of states gives; `None` when no path of it ends well.
    pub(crate) fn level(&mut self, states: &'a States, place: &Place, entry: Flow) -> Option<Shape> {
        let flows = self.settled(states, place, entry);
        let mut output: Option<Shape> = None;
        for (name, flow) in flows {
            let ways = self.state(states, place, &name, &flow);
            let pointer = place.pointer.key("States").key(&name);
            if let Some(end) = ways.end {
                if place.pointer == Pointer::root() {
                    let at = pointer.key("Output");
                    must_fit(
                        &end,
                        &self.knowledge.output,
                        "the machine's output",
                        &at,
                        &mut self.sink,
                    );
                }
                output = Some(output.map_or(end.clone(), |before| before.join(end)));
            }
            let variables = flow
                .variables
                .into_iter()
                .map(|(name, variable)| (name, variable.shape));
            let (arguments, result) = ways.call.unwrap_or_else(|| (flow.input.clone(), Shape::impossible()));
            let data = StateData {
                input: flow.input,
                arguments,
                result,
                variables: variables.collect(),
                output: ways.output.unwrap_or_else(Shape::impossible),
                seconds: ways.seconds,
            };
            self.states.insert(pointer.to_string(), data);
        }
        output
    }

    /// What reaches each state, in the order of the definition.
    fn settled(&mut self, states: &'a States, place: &Place, entry: Flow) -> Vec<(String, Flow)> {
        let was_open = std::mem::replace(&mut self.sink.open, false);
        let mut flows = BTreeMap::from([(states.start_at.clone(), entry)]);
        let mut visits = vec![0; states.states.len()];
        // In the order of the definition, which is nearly that of time, few states are looked at twice.
        let mut open: BTreeSet<usize> = states.states.get_index_of(&states.start_at).into_iter().collect();
        while let Some(index) = open.pop_first() {
            let Some((name, flow)) = states
                .states
                .get_index(index)
                .and_then(|(name, _)| flows.get_key_value(name))
            else {
                continue;
            };
            visits[index] += 1;
            for (to, flow) in self.state(states, place, &name.clone(), &flow.clone()).next {
                let Some(target) = states.states.get_index_of(&to) else {
                    continue;
                };
                if arrive(&mut flows, to, flow, visits[target]) {
                    open.insert(target);
                }
            }
        }
        self.sink.open = was_open;
        let known = states
            .states
            .keys()
            .filter_map(|name| Some((name.clone(), flows.remove(name)?)));
        known.collect()
    }

    fn unread(&mut self) {
        for (name, pointer) in std::mem::take(&mut self.assigned) {
            if !self.sink.read.contains(&name) {
                let message = format!("`${name}` is assigned, and nothing reads it");
                self.sink.report(Rule::UnreadVariable, &pointer, message, None);
            }
        }
    }
}

/// Adds a way to a state that was looked at so often. Says whether that told anything new.
fn arrive(flows: &mut BTreeMap<String, Flow>, to: String, flow: Flow, visits: usize) -> bool {
    let Some(before) = flows.get_mut(&to) else {
        flows.insert(to, flow);
        return true;
    };
    let joined = before.clone().join(flow);
    if joined == *before || visits > MOST {
        return false;
    }
    *before = if visits > PATIENT {
        joined.widened(before)
    } else {
        joined
    };
    true
}
