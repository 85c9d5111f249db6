//! Where every state and every arrow of a definition has its place.
//!
//! Levels of a definition never join: each is laid out alone (dagre's algorithm), and a Map or Parallel state is a box
//! that is as large as what stands inside of it.

use std::collections::BTreeMap;

use asl::{StateKind, StateMachine, States};
use dugong::{EdgeLabel, GraphLabel, LabelPos, NodeLabel, graphlib};
use thiserror::Error;

use crate::graph::{Graph, Reason};

/// Width of a character of the labels in pixels: an estimate for a 13 px sans-serif font, on the safe side.
const CHARACTER: f64 = 7.0;
const BOX_HEIGHT: f64 = 44.0;
const LABEL_HEIGHT: f64 = 16.0;
const MARGIN: f64 = 24.0;
/// Longer labels are cut: the picture shows the way, the definition the condition.
const LABEL_CHARACTERS: usize = 44;
/// The height of a container's own name above what stands inside.
const TITLE_HEIGHT: f64 = 40.0;
/// The room between a container's edge and what stands inside, and between branches.
const PADDING: f64 = 12.0;
/// The most states that are laid out: the algorithm takes more than linear time, and nobody reads a larger picture.
pub const MOST_STATES: usize = 500;

/// A definition, laid out. Units are pixels, the origin is at the top left.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The width.
    pub width: f64,
    /// The height.
    pub height: f64,
    /// The states; a container comes before what stands inside of it.
    pub boxes: Vec<StateBox>,
    /// The transitions.
    pub arrows: Vec<Arrow>,
}

/// A state.
#[derive(Clone, Debug, PartialEq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each says one thing about the state, and they combine freely"
)]
pub struct StateBox {
    /// Its name.
    pub name: String,
    /// Its type as the States Language writes it.
    pub kind: &'static str,
    /// The left edge.
    pub x: f64,
    /// The upper edge.
    pub y: f64,
    /// The width.
    pub width: f64,
    /// The height.
    pub height: f64,
    /// Whether its level begins here.
    pub start: bool,
    /// Whether its level ends well here.
    pub end: bool,
    /// Whether other states stand inside.
    pub container: bool,
    /// Whether it stands inside of another one.
    pub inside: bool,
}

/// A transition.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrow {
    /// The name of the state that it leaves.
    pub from: String,
    /// The name of the state that it leads to.
    pub to: String,
    /// The corners of its line.
    pub points: Vec<(f64, f64)>,
    /// What leads along it, one text a line, around `middle`.
    pub words: Vec<String>,
    /// Where the words stand.
    pub middle: Option<(f64, f64)>,
    /// Whether only errors take it.
    pub caught: bool,
}

/// Why a definition has no picture.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotDrawn {
    /// A transition leads nowhere.
    #[error("the state {0} does not exist")]
    NoState(String),
    /// It has more states than [`MOST_STATES`].
    #[error("it has {0} states, and at most {MOST_STATES} are drawn")]
    TooLarge(usize),
    /// The layout failed.
    #[error("the layout failed: {0}")]
    Layout(String),
}

impl Picture {
    /// Lays a whole state machine out.
    pub fn of(machine: &StateMachine) -> Result<Self, NotDrawn> {
        let count = machine.walk().len();
        if count > MOST_STATES {
            return Err(NotDrawn::TooLarge(count));
        }
        level(&machine.states, MARGIN, false)
    }

    /// The same picture with its origin moved.
    fn moved(mut self, x: f64, y: f64) -> Self {
        for state in &mut self.boxes {
            state.x += x;
            state.y += y;
        }
        for arrow in &mut self.arrows {
            let points = arrow.points.iter_mut().chain(arrow.middle.as_mut());
            points.for_each(|point| *point = (point.0 + x, point.1 + y));
        }
        self
    }
}

/// One set of states with everything inside.
fn level(states: &States, margin: f64, inside: bool) -> Result<Picture, NotDrawn> {
    let graph = Graph::of(states).map_err(NotDrawn::NoState)?;
    let mut contents = BTreeMap::new();
    for (position, state) in graph.states.iter().enumerate() {
        if let Some(content) = content(&state.kind)? {
            contents.insert(position, content);
        }
    }
    let lines = lines(&graph);
    let mut layout = plan(&graph, &lines, &contents, margin);
    dugong::layout(&mut layout).map_err(|error| NotDrawn::Layout(error.to_string()))?;
    Ok(picture(&graph, &lines, &layout, contents, inside))
}

/// What stands inside of a state: branches side by side, or the one processor.
fn content(kind: &StateKind) -> Result<Option<Picture>, NotDrawn> {
    let levels: Vec<&States> = match kind {
        StateKind::Map(map) => vec![&map.item_processor.states],
        StateKind::Parallel(parallel) => parallel.branches.iter().collect(),
        _ => return Ok(None),
    };
    let mut whole = Picture {
        width: PADDING,
        height: 0.0,
        boxes: Vec::new(),
        arrows: Vec::new(),
    };
    for states in levels {
        let inner = level(states, 0.0, true)?;
        whole.height = whole.height.max(inner.height);
        let left = whole.width;
        whole.width += inner.width + PADDING;
        let inner = inner.moved(left, TITLE_HEIGHT);
        whole.boxes.extend(inner.boxes);
        whole.arrows.extend(inner.arrows);
    }
    whole.height += TITLE_HEIGHT + PADDING;
    Ok(Some(whole))
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

/// A text as it is drawn: short, and on one line.
pub(crate) fn cut(text: &str) -> String {
    let mut plain = text.chars().map(|char| if char.is_control() { ' ' } else { char });
    if text.chars().count() <= LABEL_CHARACTERS {
        return plain.collect();
    }
    let short: String = plain.by_ref().take(LABEL_CHARACTERS - 1).collect();
    format!("{short}…")
}

fn plan(graph: &Graph, lines: &[Line], contents: &BTreeMap<usize, Picture>, margin: f64) -> Layout {
    let options = graphlib::GraphOptions {
        multigraph: true,
        ..Default::default()
    };
    let mut layout = Layout::new(options);
    layout.set_graph(GraphLabel {
        nodesep: 36.0,
        ranksep: 34.0,
        edgesep: 18.0,
        marginx: margin,
        marginy: margin,
        ..Default::default()
    });
    for (position, name) in graph.names.iter().enumerate() {
        let content = contents.get(&position);
        let label = NodeLabel {
            width: (width(&cut(name)).max(90.0) + 32.0).max(content.map_or(0.0, |content| content.width)),
            height: content.map_or(BOX_HEIGHT, |content| content.height),
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

fn picture(
    graph: &Graph,
    lines: &[Line],
    layout: &Layout,
    mut contents: BTreeMap<usize, Picture>,
    inside: bool,
) -> Picture {
    let size = layout.graph();
    let mut picture = Picture {
        width: size.width,
        height: size.height,
        boxes: Vec::new(),
        arrows: Vec::new(),
    };
    for (position, name) in graph.names.iter().enumerate() {
        let Some((node, x, y)) = layout.node(name).and_then(|node| Some((node, node.x?, node.y?))) else {
            continue;
        };
        let state = StateBox {
            name: (*name).to_owned(),
            kind: kind(&graph.states[position].kind),
            x: x - node.width / 2.0,
            y: y - node.height / 2.0,
            width: node.width,
            height: node.height,
            start: position == graph.start,
            end: graph.ends_well(position),
            container: contents.contains_key(&position),
            inside,
        };
        let content = contents.remove(&position).map(|content| {
            // The box may be wider than what stands in it, for its name's sake.
            let left = state.x + (state.width - content.width) / 2.0;
            content.moved(left, state.y)
        });
        picture.boxes.push(state);
        if let Some(content) = content {
            picture.boxes.extend(content.boxes);
            picture.arrows.extend(content.arrows);
        }
    }
    let arrows = lines.iter().enumerate().filter_map(|(number, line)| {
        let number = number.to_string();
        let found = layout.edge(graph.names[line.from], graph.names[line.to], Some(&number))?;
        Some(Arrow {
            from: graph.names[line.from].to_owned(),
            to: graph.names[line.to].to_owned(),
            points: found.points.iter().map(|point| (point.x, point.y)).collect(),
            words: line.words.clone(),
            middle: found.x.zip(found.y),
            caught: line.caught,
        })
    });
    picture.arrows.extend(arrows);
    picture
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

#[cfg(test)]
mod tests;
