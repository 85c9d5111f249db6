//! Boxes and arrows as SVG that follows the reader's colour scheme.

use std::fmt::Write as _;

/// A picture, laid out.
pub(crate) struct Picture {
    pub(crate) title: String,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) boxes: Vec<Box>,
    pub(crate) arrows: Vec<Arrow>,
}

/// A state.
pub(crate) struct Box {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) start: bool,
    pub(crate) end: bool,
}

/// A transition.
pub(crate) struct Arrow {
    pub(crate) points: Vec<(f64, f64)>,
    /// One text a line, around `middle`.
    pub(crate) words: Vec<String>,
    pub(crate) middle: Option<(f64, f64)>,
    pub(crate) caught: bool,
}

/// The distance of two lines of a label in pixels.
const LINE_HEIGHT: f64 = 14.0;

/// Colours for light and dark; contrast of text to its ground is at least 4.5 to 1 in both (WCAG 2.2, 1.4.3).
const STYLE: &str = "\
:root { --ground: #ffffff; --text: #1b1f24; --quiet: #57606a; --line: #57606a; --error: #b42318; --box: #f6f8fa; \
--task: #0a5bd3; --wait: #8250df; --choice: #9a6700; --good: #1a7f37; --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root { --ground: #0d1117; --text: #e6edf3; --quiet: #9aa4ae; --line: #9aa4ae; \
--error: #ff8a80; --box: #161b22; --task: #79b8ff; --wait: #d2a8ff; --choice: #e3b341; --good: #56d364; --bad: #ff8a80; } }
text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: var(--text); text-anchor: middle; }
.ground { fill: var(--ground); }
.state { fill: var(--box); stroke: var(--line); stroke-width: 1.5; }
.kind { font-size: 10px; fill: var(--quiet); }
.label { font-size: 11px; fill: var(--quiet); paint-order: stroke; stroke: var(--ground); stroke-width: 4px; }
.arrow { fill: none; stroke: var(--line); stroke-width: 1.4; marker-end: url(#head); }
.caught { stroke: var(--error); stroke-dasharray: 5 4; marker-end: url(#error-head); }
.head { fill: var(--line); } .error-head { fill: var(--error); }
.Task { stroke: var(--task); } .Wait { stroke: var(--wait); } .Choice { stroke: var(--choice); } \
.Succeed, .end { stroke: var(--good); } .Fail { stroke: var(--bad); } .start { stroke-width: 3; }";

/// The picture as an SVG document.
pub(crate) fn draw(picture: &Picture) -> String {
    let (width, height) = (picture.width.ceil(), picture.height.ceil());
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" aria-label=\"State machine {title}\">\n<!-- Made by `cargo codegen`; edited by nobody. -->\n\
         <title>{title}</title>\n<style>\n{STYLE}\n</style>\n<defs>\n",
        title = escape(&picture.title),
    );
    for (id, class) in [("head", "head"), ("error-head", "error-head")] {
        let _ = writeln!(
            out,
            "<marker id=\"{id}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
             orient=\"auto\"><path class=\"{class}\" d=\"M0 0L8 4L0 8z\"/></marker>"
        );
    }
    let _ = writeln!(out, "</defs>\n<rect class=\"ground\" width=\"100%\" height=\"100%\"/>");
    picture.arrows.iter().for_each(|arrow| line(&mut out, arrow));
    picture.boxes.iter().for_each(|state| rectangle(&mut out, state));
    picture.arrows.iter().for_each(|arrow| words(&mut out, arrow));
    out.push_str("</svg>\n");
    out
}

fn line(out: &mut String, arrow: &Arrow) {
    let class = if arrow.caught { "arrow caught" } else { "arrow" };
    let _ = writeln!(out, "<path class=\"{class}\" d=\"{}\"/>", curve(&arrow.points));
}

/// A smooth line through the points: quadratic curves between the middles of its sections.
fn curve(points: &[(f64, f64)]) -> String {
    let Some(((x, y), rest)) = points.split_first() else {
        return String::new();
    };
    let mut path = format!("M{x:.1} {y:.1}");
    for pair in rest.windows(2) {
        let ((cx, cy), (nx, ny)) = (pair[0], pair[1]);
        let _ = write!(
            path,
            "Q{cx:.1} {cy:.1} {:.1} {:.1}",
            f64::midpoint(cx, nx),
            f64::midpoint(cy, ny)
        );
    }
    if let Some((x, y)) = rest.last() {
        let _ = write!(path, "L{x:.1} {y:.1}");
    }
    path
}

fn rectangle(out: &mut String, state: &Box) {
    let mut class = format!("state {}", state.kind);
    for (flag, name) in [(state.start, " start"), (state.end, " end")] {
        if flag {
            class.push_str(name);
        }
    }
    // Choices are told apart by their pointed ends, not by colour alone.
    let radius = if state.kind == "Choice" {
        state.height / 2.0
    } else {
        6.0
    };
    let middle = state.x + state.width / 2.0;
    let _ = writeln!(
        out,
        "<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{radius:.1}\"/>\n\
         <text x=\"{middle:.1}\" y=\"{:.1}\">{}</text>\n<text class=\"kind\" x=\"{middle:.1}\" y=\"{:.1}\">{}</text>",
        state.x,
        state.y,
        state.width,
        state.height,
        state.y + 20.0,
        escape(&state.name),
        state.y + 35.0,
        state.kind,
    );
}

fn words(out: &mut String, arrow: &Arrow) {
    let Some((x, y)) = arrow.middle else { return };
    let mut y = y + 4.0 - LINE_HEIGHT / 2.0 * arrow.words.iter().skip(1).map(|_| 1.0).sum::<f64>();
    for word in &arrow.words {
        let _ = writeln!(
            out,
            "<text class=\"label\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
            escape(word)
        );
        y += LINE_HEIGHT;
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
