//! Where something stands inside a definition.

use std::fmt;

/// The way from the top of a definition to one of its values.
///
/// `Display` writes an RFC 6901 JSON Pointer, in which the whole document is the empty text. [`Pointer::location`]
/// writes the form AWS uses in its diagnostics, in which the whole document is `/` and list elements are `Choices[0]`.
///
/// ```
/// let next = asl::Pointer::root().key("States").key("A/B").key("Choices").index(0).key("Next");
/// assert_eq!(next.to_string(), "/States/A~1B/Choices/0/Next");
/// assert_eq!(next.location(), "/States/A/B/Choices[0]/Next");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pointer(Vec<Step>);

/// One step of a [`Pointer`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Into the member of an object.
    Key(String),
    /// Into the element of a list.
    Index(usize),
}

impl Pointer {
    /// The whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// The member of this object.
    #[must_use]
    pub fn key(&self, name: &str) -> Self {
        self.with(Step::Key(name.to_owned()))
    }

    /// The element of this list.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    /// Inside of this value, by one step of an RFC 6901 JSON Pointer, still escaped. A number is an index.
    #[must_use]
    pub fn inner(&self, step: &str) -> Self {
        match step.parse() {
            Ok(index) => self.index(index),
            Err(_) => self.key(&step.replace("~1", "/").replace("~0", "~")),
        }
    }

    /// The object or list this value stands in; the root is its own parent.
    #[must_use]
    pub fn parent(&self) -> Self {
        Self(self.0[..self.0.len().saturating_sub(1)].to_vec())
    }

    /// The steps, from the top.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The form AWS's diagnostics use: `/`, `/States/A/Choices[0]/Next`. Names are not escaped.
    pub fn location(&self) -> String {
        if self.0.is_empty() {
            return "/".to_owned();
        }
        self.0.iter().fold(String::new(), |text, step| match step {
            Step::Key(name) => text + "/" + name,
            Step::Index(index) => text + &format!("[{index}]"),
        })
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Self(steps)
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|step| match step {
            Step::Key(name) => write!(f, "/{}", name.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => write!(f, "/{index}"),
        })
    }
}
