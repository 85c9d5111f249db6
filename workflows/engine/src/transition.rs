//! From state to state.

use crate::data::Data;
use crate::data_flow::Seen;
use crate::failure::{Failure, Reach};
use crate::frame::{Doing, FrameId};
use crate::limits::DATA_BYTES;
use crate::machine::{Kind, Next, Shape};
use crate::query::{QueryError, Template};
use crate::run::{Ready, Run};

/// What a state made of `Assign` and `Output`.
struct Shaped {
    assigned: Vec<(String, Data)>,
    /// `None` if there is no `Output`.
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
        match &self.state(frame).kind {
            Kind::Task(task) => self.schedule(frame, task),
            Kind::Pass | Kind::Succeed => self.succeed(frame, None),
            Kind::Choice(choice) => self.choose(frame, choice),
            Kind::Wait(wait) => self.wait(frame, wait),
            Kind::Fail(fail) => self.fail_as_told(frame, fail),
            Kind::Parallel(parallel) => self.branch_out(frame, parallel),
            Kind::Map(map) => self.map(frame, map),
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

    /// Leaves a state by `shape`; without an `Output`, what it gives on is `default` or, without that, its input.
    pub(crate) fn leave(
        &mut self,
        frame: FrameId,
        shape: &Shape,
        seen: Seen<'_>,
        default: Option<Data>,
        next: Next,
    ) -> Result<(), QueryError> {
        let shaped = self.shape(frame, shape, seen)?;
        self.follow_entered(frame);
        let changed = shaped.output.or(default);
        if !fits(&shaped.assigned, changed.as_ref()) {
            let failure = Failure::too_large(&self.state(frame).name, Reach::NameOnly);
            self.handle(frame, failure);
            return Ok(());
        }
        let output = changed
            .clone()
            .unwrap_or_else(|| self.execution.input_of(frame).clone());
        self.write_exited(frame, &output, &shaped.assigned);
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
    fn shape(&self, frame: FrameId, shape: &Shape, seen: Seen<'_>) -> Result<Shaped, QueryError> {
        let assigned = match &shape.assign {
            Some(assign) => self.evaluate(frame, assign, seen, Template::object)?,
            None => serde_json::Map::new(),
        };
        Ok(Shaped {
            assigned: assigned
                .into_iter()
                .map(|(name, value)| (name, Data::from_value(value)))
                .collect(),
            output: shape
                .output
                .as_ref()
                .map(|output| self.evaluate_data(frame, output, seen))
                .transpose()?,
        })
    }
}

/// Whether the output and the variables of one `Assign` keep within the data limit.
fn fits(assigned: &[(String, Data)], output: Option<&Data>) -> bool {
    let variables: usize = assigned.iter().map(|(_, data)| data.text().len()).sum();
    variables <= DATA_BYTES && output.is_none_or(|output| output.text().len() <= DATA_BYTES)
}
