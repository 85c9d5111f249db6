//! What became of the call that an execution left behind when it ended.
//!
//! A call that has begun cannot be called back: ntfy may have the message already. Where somebody has to say how the
//! execution ended, the call is let go on to its end, and its answer, which the execution cannot take any more, is kept here.

use engine::Event;
use journal::ExecutionId;

use super::{Calls, Key, Places, of};

/// The call that an execution left behind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LastCall {
    /// It is not over yet.
    Runs,
    /// It waited for its turn, and never began.
    NeverBegan,
    /// It ended so.
    Answered(Event),
    /// It was cut off, and nobody knows.
    CutOff,
}

impl Calls {
    /// An execution has ended; what it has called goes on to its end, and what waits has no turn.
    /// [`last_call`](Self::last_call) tells of it.
    pub(in crate::host) fn let_end(&self, execution: ExecutionId) {
        let mut table = self.table();
        let begun = table.running.range(of(execution)).next().is_some();
        let answered = table.telling.range(of(execution)).next().is_some();
        let waits = table.lines.iter().flat_map(Places::waiting);
        let never_began = waits.filter(|turn| turn.key.0 == execution).any(|turn| !turn.repeated);
        let last = match () {
            () if begun || answered => LastCall::Runs,
            () if never_began => LastCall::NeverBegan,
            () => return,
        };
        table.waiting.retain(|(waits, _), _| *waits != execution);
        table.last.insert(execution, last);
    }

    /// What came of a call, if its execution has ended meanwhile.
    pub(in crate::host) fn ended(&self, (execution, _): Key, event: Event) {
        if let Some(last) = self.table().last.get_mut(&execution) {
            *last = LastCall::Answered(event);
        }
    }

    /// Returns when the execution's last call is over; `None` if this process made none. It is told once.
    pub(in crate::host) async fn last_call(&self, execution: ExecutionId) -> Option<LastCall> {
        loop {
            let ended = self.ended.notified();
            let last = self.table().last.get(&execution).cloned()?;
            if last != LastCall::Runs {
                return Some(last);
            }
            ended.await;
        }
    }

    /// The execution's end has been recorded.
    pub(in crate::host) fn forget_last(&self, execution: ExecutionId) {
        self.table().last.remove(&execution);
    }
}
