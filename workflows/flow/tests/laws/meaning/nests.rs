//! Branches and iterations.

use super::{
    Around, Ended, Teller, failed,
    values::{Made, number},
};
use crate::program::{Block, OnFailure};

impl Teller {
    pub(super) fn parallel(
        &mut self,
        blocks: &[Block; 2],
        list: usize,
        on_failure: &OnFailure,
        made: &Made,
    ) -> Result<Made, Ended> {
        let before = self.told.calls.len();
        self.told.at_once = true;
        let [left, right] = [0, 1].map(|at| self.body(&blocks[at], made.clone()));
        if let (Ok(left), Ok(right)) = (left, right) {
            return Ok(Made {
                numbers: vec![left, right, self.limit.unwrap_or(7)],
                lists: vec![made.list(list).to_vec(), made.extra.clone().unwrap_or_default()],
                ..Made::default()
            });
        }
        self.told.perhaps.extend(self.told.calls.drain(before..));
        let (numbers, list) = match on_failure {
            OnFailure::Number(of) => (vec![number(of, made), 1, 3], vec![number(of, made)]),
            OnFailure::Nothing => (vec![0, 1, 7], Vec::new()),
            OnFailure::Fail(error) => return Err(failed(*error)),
        };
        Ok(Made {
            lists: vec![list, Vec::new()],
            ..Made::of(numbers)
        })
    }

    pub(super) fn map(
        &mut self,
        items: &[u32],
        at_once: bool,
        body: &Block,
        on_failure: &OnFailure,
        made: &Made,
    ) -> Result<Made, Ended> {
        let before = self.told.calls.len();
        self.told.at_once |= at_once;
        let mut results = Vec::new();
        let mut has_failed = false;
        for (index, item) in (0..).zip(items) {
            match self.body(body, made.and(*item).and(index)) {
                Ok(result) => results.push(result),
                Err(()) => has_failed = true,
            }
            if has_failed && !at_once {
                break;
            }
        }
        if has_failed {
            if at_once {
                self.told.perhaps.extend(self.told.calls.drain(before..));
            }
            results = match on_failure {
                OnFailure::Number(of) => vec![number(of, made)],
                OnFailure::Nothing => Vec::new(),
                OnFailure::Fail(error) => return Err(failed(*error)),
            };
        }
        Ok(Made::of_lists(vec![results]))
    }

    /// A branch or an iteration: its result, or that it failed.
    fn body(&mut self, block: &Block, mut made: Made) -> Result<u32, ()> {
        let inside = Around {
            looping: false,
            nested: true,
        };
        self.block(block, &mut made, inside).map_err(|ended| match ended {
            Ended::Over(Err(_)) => (),
            Ended::Over(Ok(_)) | Ended::Again(_) => unreachable!("neither leaves a branch"),
        })
    }
}
