//! Boxes and arrows as SVG.

use std::fmt::Write as _;

use crate::layout::{Arrow, Picture, StateBox, cut};

/// How the states of a picture look, beyond their places.
///
/// Classes are given by the picture itself, too: `state`, the state's type (`Task`), `start`, `end`, `container`,
/// `inside`; `arrow` and `caught`; `name`, `kind`, `sign` and `label` on texts.
pub trait Dress {
    /// SVG that stands before everything else, for example a `style` element.
    fn beginning(&self) -> String {
        String::new()
    }

    /// What is special about a state.
    fn state(&self, _: &str) -> Mark {
        Mark::default()
    }

    /// More classes for an arrow.
    fn arrow(&self, _: &Arrow) -> &'static str {
        ""
    }
}

/// No dress at all.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

impl Dress for Plain {}

/// What is special about a state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// More classes, separated by spaces.
    pub class: String,
    /// Where a click on the state leads.
    pub href: Option<String>,
    /// What a screen reader says after name, type and sign.
    pub description: Option<String>,
    /// A word or two at the right of the type: how the state stands, how often it was tried.
    pub sign: Option<String>,
    /// Whether it is the one whose details are shown.
    pub current: bool,
}

/// The distance of two lines of a label in pixels.
const LINE_HEIGHT: f64 = 14.0;

/// The picture as an SVG element; `title` says what it shows.
pub fn draw(picture: &Picture, title: &str, dress: &impl Dress) -> String {
    let (width, height) = (picture.width.ceil(), picture.height.ceil());
    let title = escape(title);
    // With links inside it is no single image to a screen reader.
    let linked = picture
        .boxes
        .iter()
        .any(|state| dress.state(&state.name).href.is_some());
    let role = if linked { "group" } else { "img" };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"{role}\" aria-label=\"{title}\">\n"
    );
    out.push_str(&dress.beginning());
    out.push_str("<defs>\n");
    for (id, class) in [("head", "head"), ("error-head", "error-head")] {
        let _ = writeln!(
            out,
            "<marker id=\"{id}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
             orient=\"auto\"><path class=\"{class}\" d=\"M0 0L8 4L0 8z\"/></marker>"
        );
    }
    let _ = writeln!(out, "</defs>\n<rect class=\"ground\" width=\"100%\" height=\"100%\"/>");
    let containers = |state: &&StateBox| state.container;
    (picture.boxes.iter().filter(containers)).for_each(|state| state_box(&mut out, state, &dress.state(&state.name)));
    (picture.arrows.iter()).for_each(|arrow| line(&mut out, arrow, dress.arrow(arrow)));
    (picture.boxes.iter().filter(|state| !state.container))
        .for_each(|state| state_box(&mut out, state, &dress.state(&state.name)));
    picture.arrows.iter().for_each(|arrow| words(&mut out, arrow));
    out.push_str("</svg>\n");
    out
}

fn line(out: &mut String, arrow: &Arrow, more: &str) {
    let mut class = if arrow.caught { "arrow caught" } else { "arrow" }.to_owned();
    add(&mut class, more);
    let _ = writeln!(out, "<path class=\"{class}\" d=\"{}\"/>", curve(&arrow.points));
}

fn add(class: &mut String, more: &str) {
    if !more.is_empty() {
        class.push(' ');
        class.push_str(&escape(more));
    }
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

fn state_box(out: &mut String, state: &StateBox, mark: &Mark) {
    let link = mark.href.as_ref().map(|href| escape(href));
    if let Some(href) = &link {
        let described = mark.description.as_ref().map_or(String::new(), |text| {
            // What is seen comes first (WCAG 2.2, 2.5.3).
            let sign = mark.sign.as_deref().unwrap_or_default();
            let seen = [cut(&state.name).as_str(), state.kind, sign].join(" ");
            format!(" aria-label=\"{}, {}\"", escape(seen.trim_end()), escape(text))
        });
        let current = if mark.current { " aria-current=\"true\"" } else { "" };
        let _ = writeln!(
            out,
            "<a href=\"{href}\" class=\"step\" data-state=\"{}\"{described}{current}>",
            escape(&state.name)
        );
    }
    rectangle(out, state, mark);
    if link.is_some() {
        out.push_str("</a>\n");
    }
}

fn rectangle(out: &mut String, state: &StateBox, mark: &Mark) {
    let mut class = format!("state {}", state.kind);
    let flags = [
        (state.start, "start"),
        (state.end, "end"),
        (state.container, "container"),
        (state.inside, "inside"),
        (mark.current, "current"),
    ];
    flags
        .iter()
        .filter(|(flag, _)| *flag)
        .for_each(|(_, name)| add(&mut class, name));
    add(&mut class, &mark.class);
    // Choices are told apart by their pointed ends, not by colour alone.
    let radius = if state.kind == "Choice" {
        state.height / 2.0
    } else {
        6.0
    };
    let middle = state.x + state.width / 2.0;
    let name = cut(&state.name);
    let whole = if name == state.name {
        String::new()
    } else {
        format!("<title>{}</title>", escape(&state.name))
    };
    let sign = mark.sign.as_ref().map_or(String::new(), |sign| {
        format!(" <tspan class=\"sign\">{}</tspan>", escape(sign))
    });
    let _ = writeln!(
        out,
        "<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{radius:.1}\"/>\n\
         <text class=\"name\" x=\"{middle:.1}\" y=\"{:.1}\">{whole}{}</text>\n\
         <text class=\"kind\" x=\"{middle:.1}\" y=\"{:.1}\">{}{sign}</text>",
        state.x,
        state.y,
        state.width,
        state.height,
        state.y + 20.0,
        escape(&name),
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

/// A text as it may stand in an element or in an attribute between double quotes.
pub fn escape(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::{Dress, Mark, draw};
    use crate::Picture;

    struct Hostile;

    impl Dress for Hostile {
        fn state(&self, name: &str) -> Mark {
            Mark {
                class: "\"><script>".into(),
                href: Some(format!("?state={name}\"onload=\"x")),
                description: Some("\"><script>".into()),
                sign: Some("<script>".into()),
                current: true,
            }
        }
    }

    #[test]
    fn nothing_of_a_definition_becomes_markup() {
        let text = r#"{"StartAt": "<script>\"&", "States": {
            "<script>\"&": {"Type": "Choice", "Choices": [
                {"Variable": "$.a", "StringEquals": "</text><script>", "Next": "Long"}], "Default": "Long"},
            "Long": {"Type": "Succeed"}}}"#;
        let machine = asl::parse(text).unwrap().machine;
        let svg = draw(&Picture::of(&machine).unwrap(), "</svg><script>", &Hostile);
        assert!(!svg.contains("<script") && !svg.contains("\"onload"), "{svg}");
        assert_eq!(svg.matches("</svg>").count(), 1);
    }
}
