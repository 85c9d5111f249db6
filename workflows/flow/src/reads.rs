//! Whether anything reads a variable.

use crate::tree::{Block, End, Step, WaitUntil};

impl Block {
    /// Whether anything in it reads this variable.
    pub(crate) fn reads(&self, name: &str) -> bool {
        let end = match &self.end {
            End::Value(value) | End::Succeed { output: value, .. } | End::Again { carried: value, .. } => Some(value),
            End::Fail { cause, .. } => cause.as_ref(),
        };
        end.is_some_and(|node| node.reads(name)) || self.steps.iter().any(|step| step.reads(name))
    }
}

impl Step {
    fn reads(&self, name: &str) -> bool {
        match self {
            Self::Keep { value, .. } => value.reads(name),
            Self::Wait { until, .. } => match until {
                WaitUntil::Seconds(node) | WaitUntil::Timestamp(node) => node.reads(name),
            },
            Self::Choice { arms, otherwise, .. } => {
                otherwise.reads(name) || arms.iter().any(|(test, block)| test.reads(name) || block.reads(name))
            }
            Self::Call(call) => {
                let arms = call.errors.iter().map(|arm| &arm.block).chain(&call.success);
                call.arguments.reads(name)
                    || call.timeout.reads(name)
                    || arms
                        .chain(call.unexpected.block.as_deref())
                        .any(|block| block.reads(name))
            }
            Self::Loop(step) => step.first.reads(name) || step.body.reads(name) || step.spent.reads(name),
            Self::Nest(nest) => {
                nest.each.as_ref().is_some_and(|each| each.items.reads(name))
                    || nest.bodies.iter().any(|body| body.block.reads(name))
                    || nest.success.as_ref().is_some_and(|(_, block)| block.reads(name))
                    || nest.failed.block.as_deref().is_some_and(|block| block.reads(name))
            }
        }
    }
}
