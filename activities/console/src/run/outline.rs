//! What stands where in a definition.

use std::collections::HashMap;
use std::ops::Range;

use asl::{Pointer, StateMachine, Step};

/// The states of a definition by name: names are unique in the whole machine.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    parts: HashMap<String, Part>,
    /// The names in the order of the definition, branches and processors after the level that they belong to.
    pub names: Vec<String>,
}

/// One state of a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The Map or Parallel state that it stands in, and the index of its branch.
    pub owner: Option<(String, u32)>,
    /// How many states are around it.
    pub depth: usize,
    /// The lines of the definition's text that it is written on, from 0.
    pub lines: Range<usize>,
    /// What its comment says.
    pub comment: Option<String>,
}

impl Outline {
    /// The outline of a definition, from its text.
    pub fn of(text: &str) -> Result<(StateMachine, Self), asl::Findings> {
        let parsed = asl::parse(text)?;
        let mut outline = Self::default();
        for visit in parsed.machine.walk() {
            let owner = visit.owner.map(|owner| (owner.to_owned(), branch(&visit.pointer)));
            let depth = owner.as_ref().map_or(0, |(owner, _)| outline.parts[owner].depth + 1);
            let part = Part {
                owner,
                depth,
                lines: lines(&parsed, &visit.pointer),
                comment: visit.state.comment.clone(),
            };
            outline.names.push(visit.name.to_owned());
            outline.parts.insert(visit.name.to_owned(), part);
        }
        Ok((parsed.machine, outline))
    }

    /// The state of this name.
    pub fn part(&self, name: &str) -> Option<&Part> {
        self.parts.get(name)
    }

    /// Whether a state stands inside of another one, however deep.
    pub fn is_within(&self, name: &str, container: &str) -> bool {
        let owner = |name: &str| self.part(name)?.owner.as_ref().map(|(owner, _)| owner.as_str());
        std::iter::successors(owner(name), |name| owner(name)).any(|name| name == container)
    }
}

/// `…/Branches/1/States/A` → 1; 0 in a Map's processor.
fn branch(pointer: &Pointer) -> u32 {
    let index = pointer.steps().iter().rev().find_map(|step| match step {
        Step::Index(index) => Some(*index),
        Step::Key(_) => None,
    });
    match pointer.steps() {
        [.., Step::Index(_), Step::Key(_), Step::Key(_)] => index.and_then(|index| index.try_into().ok()).unwrap_or(0),
        _ => 0,
    }
}

fn lines(parsed: &asl::Parsed, pointer: &Pointer) -> Range<usize> {
    let (Some(key), Some(value)) = (parsed.source.key(pointer), parsed.source.value(pointer)) else {
        return 0..0;
    };
    let within = parsed.source.text().get(value.span.clone()).unwrap_or_default();
    let last = value.line + within.matches('\n').count();
    key.line - 1..last
}
