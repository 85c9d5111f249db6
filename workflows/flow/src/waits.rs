//! Waits.

use std::rc::Rc;

use expr::Is;
use jiff::Timestamp;

use crate::{
    Place, Scope, limits,
    names::subject,
    tree::{Step, WaitUntil},
};

impl<'s, 'outer: 's> Scope<'s, 'outer> {
    /// Waits so many seconds: 0 to 99,999,999. What lies beyond that in the data waits as long as the nearest of them.
    #[track_caller]
    pub fn wait(&self, seconds: impl Is<'s, u32>) {
        let seconds = seconds.expr();
        let default = || subject(seconds.node()).map_or_else(|| "Wait".to_owned(), |name| format!("WaitFor{name}"));
        let label = self.label(default, Place::here());
        self.push(Step::Wait {
            label,
            until: WaitUntil::Seconds(limits::within(seconds.node(), 0)),
        });
    }

    /// Waits until a time; not at all if it has passed.
    #[track_caller]
    pub fn wait_until(&self, time: impl Is<'s, Timestamp>) {
        let time = time.expr();
        let default = || subject(time.node()).map_or_else(|| "Wait".to_owned(), |name| format!("WaitUntil{name}"));
        let label = self.label(default, Place::here());
        self.push(Step::Wait {
            label,
            until: WaitUntil::Timestamp(Rc::clone(time.node())),
        });
    }
}
