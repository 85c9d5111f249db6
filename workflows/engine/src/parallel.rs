//! The `Parallel` state.

use std::collections::BTreeMap;

use crate::HistoryEventType;
use crate::children::all_results;
use crate::compile::{Compiled, Compiler};
use crate::data::Data;
use crate::data_flow::{Fault, Query, Seen};
use crate::details::Details;
use crate::frame::{Branches, Doing, FrameId};
use crate::machine::StateId;
use crate::run::Run;
use asl::Pointer;

/// A compiled `Parallel`.
#[derive(Debug)]
pub(crate) struct Parallel {
    pub(crate) arguments: Option<Query>,
    /// Where each branch starts.
    pub(crate) branches: Vec<StateId>,
}

impl Compiler {
    pub(crate) fn parallel(&mut self, parallel: &asl::Parallel, at: &Pointer) -> Compiled<Parallel> {
        let arguments = self.arguments(parallel.arguments.as_ref(), parallel.parameters.as_ref(), at);
        let at = at.key("Branches");
        let branches: Vec<_> = (0..)
            .zip(&parallel.branches)
            .map(|(index, states)| self.states(states, &at.index(index)))
            .collect();
        Ok(Parallel {
            arguments: arguments?,
            branches: branches.into_iter().collect::<Compiled<_>>()?,
        })
    }
}

impl Run<'_> {
    pub(crate) fn branch_out(&mut self, frame: FrameId, parallel: &Parallel) {
        let arguments = match self.branch_input(frame, parallel) {
            Ok(arguments) => arguments,
            Err(error) => return self.query_failed(frame, &error),
        };
        self.follow_entered(frame);
        let started = self.write_next(frame, HistoryEventType::ParallelStateStarted, Details::None);
        let mut running = BTreeMap::new();
        for (index, start) in (0..).zip(&parallel.branches) {
            running.insert(index, self.start_child(frame, index, *start, started));
        }
        let results = vec![None; parallel.branches.len()];
        self.execution.frame_mut(frame).doing = Doing::Branching(Branches {
            arguments,
            running,
            results,
        });
        self.join(frame);
    }

    /// What every branch gets, if it is not the state's own input.
    fn branch_input(&self, frame: FrameId, parallel: &Parallel) -> Result<Option<Data>, Fault> {
        if parallel.arguments.is_none() && self.state(frame).input_path.is_none() {
            return Ok(None);
        }
        let input = self.effective_input(frame)?;
        match &parallel.arguments {
            Some(query) => self.evaluate_data(frame, query, Seen::data(&input)).map(Some),
            None => Ok(Some(input)),
        }
    }

    /// A branch gave its output; the state succeeds with the last one.
    pub(crate) fn branch_done(&mut self, frame: FrameId, index: u32, output: Data) {
        let Doing::Branching(branches) = &mut self.execution.frame_mut(frame).doing else {
            return;
        };
        branches.running.remove(&index);
        if let Some(result) = branches.results.get_mut(index as usize) {
            *result = Some(output);
        }
        self.join(frame);
    }

    /// Goes on once all branches have given their output.
    pub(crate) fn join(&mut self, frame: FrameId) {
        let Doing::Branching(branches) = &self.execution.frame(frame).doing else {
            return;
        };
        let Some(result) = all_results(&branches.results) else {
            return;
        };
        let previous = self.execution.frame(frame).previous;
        self.write(previous, HistoryEventType::ParallelStateSucceeded, Details::None);
        self.succeed(frame, Some(result));
    }
}
