//! A definition as a picture: its graph, the layout of its states, and SVG.
//!
//! [`Picture::of`] lays out a whole state machine, branches and processors inside of their states; [`draw`] makes SVG of
//! it. What a state looks like beyond its place is the caller's: a [`Dress`] gives every state classes, a link, a sign.
//!
//! ```
//! let text = r#"{"StartAt": "Greet", "States": {"Greet": {"Type": "Pass", "End": true}}}"#;
//! let machine = asl::parse(text).unwrap().machine;
//! let picture = picture::Picture::of(&machine)?;
//! assert_eq!(picture.boxes[0].name, "Greet");
//! assert!(picture::draw(&picture, "hello", &picture::Plain).starts_with("<svg "));
//! # Ok::<(), picture::NotDrawn>(())
//! ```

mod graph;
mod layout;
mod svg;

pub use graph::{Edge, Graph, Reason};
pub use layout::{Arrow, MOST_STATES, NotDrawn, Picture, StateBox};
pub use svg::{Dress, Mark, Plain, draw, escape};
