//! The `Fail` state.

use asl::Pointer;

use crate::compile::{Compiled, Compiler};
use crate::data_flow::{Fault, Query, Seen};
use crate::failure::Failure;
use crate::frame::FrameId;
use crate::run::Run;

/// A compiled `Fail`.
#[derive(Debug)]
pub(crate) struct Fail {
    pub(crate) error: Option<Query>,
    pub(crate) cause: Option<Query>,
}

impl Compiler {
    pub(crate) fn fail(&mut self, fail: &asl::Fail, at: &Pointer) -> Compiled<Fail> {
        let error = self.text(fail.error.as_ref(), "Error", at);
        let cause = self.text(fail.cause.as_ref(), "Cause", at);
        Ok(Fail {
            error: error?,
            cause: cause?,
        })
    }
}

impl Run<'_> {
    pub(crate) fn fail_as_told(&mut self, frame: FrameId, fail: &Fail) {
        let evaluated = self
            .text(frame, fail.error.as_ref())
            .and_then(|error| Ok((error, self.text(frame, fail.cause.as_ref())?)));
        match evaluated {
            Ok((error, cause)) => {
                self.follow_entered(frame);
                self.handle(frame, Failure::new(error, cause));
            }
            Err(error) => self.query_failed(frame, &error),
        }
    }

    fn text(&self, frame: FrameId, query: Option<&Query>) -> Result<Option<String>, Fault> {
        query
            .map(|query| self.string(frame, query, Seen::default()))
            .transpose()
    }
}
