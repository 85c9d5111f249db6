//! From state to state.

use crate::data::Data;
use crate::data_flow::{Fault, Query, Seen};
use crate::failure::{Failure, Reach};
use crate::frame::{Doing, FrameId};
use crate::limits::DATA_BYTES;
use crate::machine::{Kind, Next, Output, Paths, Select, Shape};
use crate::run::{Ready, Run};

/// What a state made of its result, or of its input if it has none.
struct Shaped {
    assigned: Vec<(String, Data)>,
    /// `None` if it is the input, unchanged.
    output: Option<Data>,
}

impl Run<'_> {
    /// A frame enters the state it is in.
    pub(crate) fn enter(&mut self, frame: FrameId) {
        let now = self.now;
        let entering = self.execution.frame_mut(frame);
        entering.entered_at = now;
        entering.retries.clear();
        self.write_entered(frame);
        self.work(frame);
    }

    /// The state that a frame has entered does what it is there for.
    pub(crate) fn work(&mut self, frame: FrameId) {
        match &self.state(frame).kind {
            Kind::Task(task) => self.schedule(frame, task),
            Kind::Pass(result) => self.pass(frame, result.as_ref()),
            Kind::Succeed => self.succeed(frame, None),
            Kind::Choice(choice) => self.choose(frame, choice),
            Kind::Wait(wait) => self.wait(frame, wait),
            Kind::Fail(fail) => self.fail_as_told(frame, fail),
            Kind::Parallel(parallel) => self.branch_out(frame, parallel),
            Kind::Map(map) => self.map(frame, map),
        }
    }

    /// What the state works on: its input, filtered by `InputPath`.
    pub(crate) fn effective_input(&self, frame: FrameId) -> Result<Data, Fault> {
        let input = self.execution.input_of(frame);
        match &self.state(frame).input_path {
            None => Ok(input.clone()),
            Some(select) => self.selected(frame, select, input),
        }
    }

    fn selected(&self, frame: FrameId, select: &Select, data: &Data) -> Result<Data, Fault> {
        match select {
            Select::Nothing => Ok(Data::from_text("{}")),
            Select::Path(path) => self.select(frame, path, data),
        }
    }

    /// A `Pass` of JSONPath has a result: what it was given, or its filtered input.
    fn pass(&mut self, frame: FrameId, result: Option<&Query>) {
        let state = self.state(frame);
        if result.is_none() && !matches!(state.shape.output, Output::Paths(_)) {
            return self.succeed(frame, None);
        }
        let input = self.effective_input(frame);
        let made = input.and_then(|input| match result {
            Some(query) => self.evaluate_data(frame, query, Seen::data(&input)),
            None => Ok(input),
        });
        match made {
            Ok(made) => self.succeed(frame, Some(made)),
            Err(fault) => self.query_failed(frame, &fault),
        }
    }

    /// A state without a result of its own (`None`), or whose work gave this result, ends well.
    pub(crate) fn succeed(&mut self, frame: FrameId, result: Option<Data>) {
        let state = self.state(frame);
        let seen_result = result.clone();
        let seen = Seen {
            result: seen_result.as_ref(),
            ..Seen::default()
        };
        match self.leave(frame, &state.shape, seen, result, state.next) {
            Ok(()) => {}
            Err(error) => self.query_failed(frame, &error),
        }
    }

    /// Leaves a state by `shape`, with `result` if it has one.
    pub(crate) fn leave(
        &mut self,
        frame: FrameId,
        shape: &Shape,
        seen: Seen<'_>,
        result: Option<Data>,
        next: Next,
    ) -> Result<(), Fault> {
        let shaped = self.shape(frame, shape, seen, result)?;
        self.follow_entered(frame);
        let changed = shaped.output;
        if !fits(&shaped.assigned, changed.as_ref()) {
            let failure = Failure::too_large(&self.state(frame).name, Reach::NameOnly);
            // A redrive runs the whole state again: what is inside of it has succeeded, and together it is too much.
            self.fallen.forget();
            self.execution.frame_mut(frame).doing = Doing::Running;
            self.handle(frame, failure);
            return Ok(());
        }
        let output = changed
            .clone()
            .unwrap_or_else(|| self.execution.input_of(frame).clone());
        self.write_exited(frame, &output, &shaped.assigned);
        self.fallen.forget();
        let left = self.execution.frame_mut(frame);
        left.variables.extend(shaped.assigned);
        left.doing = Doing::Running;
        match next {
            Next::End => self.complete(frame, output),
            Next::State(state) => {
                left.state = state;
                left.entered = 0;
                left.input = changed.or(left.input.take());
                self.ready.push_back(Ready::Enter(frame));
            }
        }
        Ok(())
    }

    /// Both see the variables as they were before the state: assignments take effect with the next one.
    fn shape(&self, frame: FrameId, shape: &Shape, seen: Seen<'_>, result: Option<Data>) -> Result<Shaped, Fault> {
        let (data, output) = match &shape.output {
            Output::Same => (result.clone(), result),
            Output::Query(query) => (None, Some(self.evaluate_data(frame, query, seen)?)),
            Output::Paths(paths) => {
                let (data, output) = self.follow_paths(frame, paths, result)?;
                (Some(data), Some(output))
            }
        };
        let assigned = match &shape.assign {
            Some(assign) => {
                let seen = Seen {
                    data: data.as_ref(),
                    ..seen
                };
                self.object(frame, assign, seen)?
            }
            None => serde_json::Map::new(),
        };
        Ok(Shaped {
            assigned: assigned
                .into_iter()
                .map(|(name, value)| (name, Data::from_value(value)))
                .collect(),
            output,
        })
    }

    /// What `Assign` sees as `$`, and the output.
    ///
    /// Source: Amazon States Language, "Input and Output Processing": `ResultPath` puts the result into the raw input.
    fn follow_paths(&self, frame: FrameId, paths: &Paths, result: Option<Data>) -> Result<(Data, Data), Fault> {
        let (data, output) = if let Some(result) = result {
            let result = match &paths.selector {
                Some(query) => self.evaluate_data(frame, query, Seen::data(&result))?,
                None => result,
            };
            let output = paths.result_path.put(self.execution.input_of(frame), &result)?;
            (result, output)
        } else {
            let input = self.effective_input(frame)?;
            (input.clone(), input)
        };
        let output = match &paths.output_path {
            Some(select) => self.selected(frame, select, &output)?,
            None => output,
        };
        Ok((data, output))
    }
}

/// Whether the output and the variables of one `Assign` keep within the data limit.
fn fits(assigned: &[(String, Data)], output: Option<&Data>) -> bool {
    let variables: usize = assigned.iter().map(|(_, data)| data.text().len()).sum();
    variables <= DATA_BYTES && output.is_none_or(|output| output.text().len() <= DATA_BYTES)
}
