//! Names of states: their length, and that no two are the same in the whole machine.

use std::collections::HashSet;

use super::Partial;
use crate::{Finding, Kind};

/// The longest name of a state, in characters.
const LONGEST: usize = 80;

pub(super) fn check(partial: &Partial<'_>, out: &mut Vec<Finding>) {
    let mut seen = HashSet::new();
    for visit in partial.machine.walk() {
        if visit.name.is_empty() || visit.name.chars().count() > LONGEST {
            let message = format!("State name must have between 1 and {LONGEST} characters");
            out.push(Finding::new(Kind::StateName, &visit.pointer, message));
        }
        if !seen.insert(visit.name) {
            let message = format!("Duplicate State name: {}", visit.name);
            let help = "names are unique in the whole machine, branches and processors included";
            out.push(Finding::new(Kind::DuplicateStateName, &visit.pointer, message).help(help));
        }
    }
}
