//! A workflow as a picture: the layout of its states.

use asl::{StateKind, StateMachine};
use dugong::{EdgeLabel, GraphLabel, LabelPos, NodeLabel, graphlib};

use crate::{
    Invalid,
    graph::{Graph, Reason},
    svg::{self, Arrow, Box, Picture},
};

/// Width of a character of the labels in pixels: an estimate for a 13 px sans-serif font, on the safe side.
const CHARACTER: f64 = 7.4;
const BOX_HEIGHT: f64 = 44.0;
const LABEL_HEIGHT: f64 = 16.0;
const MARGIN: f64 = 24.0;
/// Longer labels are cut: the picture shows the way, the definition the condition.
const LABEL_CHARACTERS: usize = 44;

/// The SVG of the state machine's top level.
pub(crate) fn diagram(workflow: &str, machine: &StateMachine) -> Result<String, Invalid> {
    let graph = Graph::of(&machine.states).map_err(|name| Invalid::new(workflow, name, "the state does not exist"))?;
    let mut layout = plan(&graph);
    dugong::layout(&mut layout).map_err(|error| Invalid::new(workflow, "diagram", error.to_string()))?;
    Ok(svg::draw(&picture(workflow, &graph, &layout)))
}

type Layout = graphlib::Graph<NodeLabel, EdgeLabel, GraphLabel>;

fn plan(graph: &Graph) -> Layout {
    let options = graphlib::GraphOptions {
        multigraph: true,
        ..Default::default()
    };
    let mut layout = Layout::new(options);
    layout.set_graph(GraphLabel {
        nodesep: 36.0,
        ranksep: 34.0,
        edgesep: 18.0,
        marginx: MARGIN,
        marginy: MARGIN,
        ..Default::default()
    });
    for name in &graph.names {
        let label = NodeLabel {
            width: width(name).max(90.0) + 32.0,
            height: BOX_HEIGHT,
            ..Default::default()
        };
        layout.set_node(*name, label);
    }
    for (number, edge) in graph.edges.iter().enumerate() {
        let text = label(&edge.reason);
        let label = EdgeLabel {
            width: text.as_deref().map_or(0.0, width),
            height: text.as_ref().map_or(0.0, |_| LABEL_HEIGHT),
            labelpos: LabelPos::C,
            weight: weight(&edge.reason),
            ..Default::default()
        };
        // Two states may be joined twice, by a catcher and by `Next`: edges are told apart by their number.
        layout.set_edge_named(
            graph.names[edge.from],
            graph.names[edge.to],
            Some(number.to_string()),
            Some(label),
        );
    }
    layout
}

/// The main line is drawn straight; what only errors take may bend.
fn weight(reason: &Reason) -> f64 {
    match reason {
        Reason::Next | Reason::Default => 3.0,
        Reason::Rule(_) => 2.0,
        Reason::Caught(_) => 1.0,
    }
}

fn width(text: &str) -> f64 {
    f64::from(u32::try_from(text.chars().count()).unwrap_or(u32::MAX)) * CHARACTER
}

fn label(reason: &Reason) -> Option<String> {
    let text = match reason {
        Reason::Next => return None,
        Reason::Default => "otherwise".to_owned(),
        Reason::Rule(condition) => condition.clone(),
        Reason::Caught(errors) => errors.join(", "),
    };
    if text.chars().count() <= LABEL_CHARACTERS {
        return Some(text);
    }
    Some(text.chars().take(LABEL_CHARACTERS - 1).chain(['…']).collect())
}

fn picture(workflow: &str, graph: &Graph, layout: &Layout) -> Picture {
    let boxes = graph.names.iter().enumerate().filter_map(|(position, name)| {
        let node = layout.node(name)?;
        Some(Box {
            name: (*name).to_owned(),
            kind: kind(&graph.states[position].kind),
            x: node.x? - node.width / 2.0,
            y: node.y? - node.height / 2.0,
            width: node.width,
            height: node.height,
            start: position == graph.start,
            end: graph.ends_well(position),
        })
    });
    let arrows = graph.edges.iter().enumerate().filter_map(|(number, edge)| {
        let number = number.to_string();
        let found = layout.edge(graph.names[edge.from], graph.names[edge.to], Some(&number))?;
        Some(Arrow {
            points: found.points.iter().map(|point| (point.x, point.y)).collect(),
            label: label(&edge.reason).zip(found.x.zip(found.y)),
            caught: matches!(edge.reason, Reason::Caught(_)),
        })
    });
    let size = layout.graph();
    Picture {
        title: workflow.to_owned(),
        width: size.width,
        height: size.height,
        boxes: boxes.collect(),
        arrows: arrows.collect(),
    }
}

fn kind(kind: &StateKind) -> &'static str {
    match kind {
        StateKind::Task(_) => "Task",
        StateKind::Pass(_) => "Pass",
        StateKind::Choice(_) => "Choice",
        StateKind::Wait(_) => "Wait",
        StateKind::Succeed => "Succeed",
        StateKind::Fail(_) => "Fail",
        StateKind::Parallel(_) => "Parallel",
        StateKind::Map(_) => "Map",
    }
}
