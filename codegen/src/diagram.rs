//! A workflow as a picture: the layout of its states.

use asl::{StateKind, StateMachine};
use dugong::{EdgeLabel, GraphLabel, LabelPos, NodeLabel, graphlib};

use crate::{
    Invalid,
    graph::{Graph, Reason},
    svg::{self, Arrow, Box, Picture},
};

/// Width of a character of the labels in pixels: an estimate for a 13 px sans-serif font, on the safe side.
const CHARACTER: f64 = 7.0;
const BOX_HEIGHT: f64 = 44.0;
const LABEL_HEIGHT: f64 = 16.0;
const MARGIN: f64 = 24.0;
/// Longer labels are cut: the picture shows the way, the definition the condition.
const LABEL_CHARACTERS: usize = 44;

/// The SVG of the state machine's top level.
pub(crate) fn diagram(workflow: &str, machine: &StateMachine) -> Result<String, Invalid> {
    let graph = Graph::of(&machine.states).map_err(|name| Invalid::new(workflow, name, "the state does not exist"))?;
    let lines = lines(&graph);
    let mut layout = plan(&graph, &lines);
    dugong::layout(&mut layout).map_err(|error| Invalid::new(workflow, "diagram", error.to_string()))?;
    Ok(svg::draw(&picture(workflow, &graph, &lines, &layout)))
}

type Layout = graphlib::Graph<NodeLabel, EdgeLabel, GraphLabel>;

/// An arrow before it has its place: all transitions between two states for which one arrow serves.
struct Line {
    from: usize,
    to: usize,
    /// What leads along it, one text a line.
    words: Vec<String>,
    caught: bool,
}

/// Catchers of one state that lead to the same place share an arrow: six dashed lines side by side say less than one.
fn lines(graph: &Graph) -> Vec<Line> {
    let mut lines = Vec::<Line>::new();
    for edge in &graph.edges {
        let (words, caught) = words(&edge.reason);
        let twin = |line: &&mut Line| caught && line.caught && (line.from, line.to) == (edge.from, edge.to);
        match lines.iter_mut().find(twin) {
            Some(line) => line.words.extend(words),
            None => lines.push(Line {
                from: edge.from,
                to: edge.to,
                words,
                caught,
            }),
        }
    }
    lines
}

fn words(reason: &Reason) -> (Vec<String>, bool) {
    match reason {
        Reason::Next => (Vec::new(), false),
        Reason::Default => (vec!["otherwise".to_owned()], false),
        Reason::Rule(condition) => (vec![cut(condition)], false),
        Reason::Caught(errors) => (errors.iter().map(|error| cut(error)).collect(), true),
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LABEL_CHARACTERS {
        return text.to_owned();
    }
    text.chars().take(LABEL_CHARACTERS - 1).chain(['…']).collect()
}

fn plan(graph: &Graph, lines: &[Line]) -> Layout {
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
    for (number, line) in lines.iter().enumerate() {
        let label = EdgeLabel {
            width: line.words.iter().map(|word| width(word)).fold(0.0, f64::max),
            height: LABEL_HEIGHT * float(line.words.len()),
            labelpos: LabelPos::C,
            // The main line is drawn straight; what only errors take may bend.
            weight: if line.caught { 1.0 } else { 4.0 },
            ..Default::default()
        };
        // Two states may be joined twice, by a catcher and by `Next`: arrows are told apart by their number.
        layout.set_edge_named(
            graph.names[line.from],
            graph.names[line.to],
            Some(number.to_string()),
            Some(label),
        );
    }
    layout
}

fn width(text: &str) -> f64 {
    float(text.chars().count()) * CHARACTER
}

fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

fn picture(workflow: &str, graph: &Graph, lines: &[Line], layout: &Layout) -> Picture {
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
    let arrows = lines.iter().enumerate().filter_map(|(number, line)| {
        let number = number.to_string();
        let found = layout.edge(graph.names[line.from], graph.names[line.to], Some(&number))?;
        Some(Arrow {
            points: found.points.iter().map(|point| (point.x, point.y)).collect(),
            words: line.words.clone(),
            middle: found.x.zip(found.y),
            caught: line.caught,
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
