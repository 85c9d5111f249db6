//! What a run does, and whether it was done.

use serde_json::Value;

/// The step that called, and the number it asked about.
pub(crate) type Asked = (u32, u32);

/// What a run does: its calls, and how it ends.
#[derive(Debug)]
pub(crate) struct Told {
    /// The calls that are made, in order.
    pub(crate) calls: Vec<Asked>,
    /// Calls that are made or not: those of branches of which one failed, which stops the others.
    pub(crate) perhaps: Vec<Asked>,
    /// Whether some calls are made at the same time, so that their order is open.
    pub(crate) at_once: bool,
    /// When each call is made and when everything has ended, in seconds, as far as chance leaves them a time.
    pub(crate) times: Vec<u64>,
    /// The output, or the error's name.
    pub(crate) end: Result<Value, String>,
}

impl Told {
    /// What is wrong with the calls that were made, if something is.
    pub(crate) fn fault(&self, made: &[Asked], times: &[u64]) -> Option<String> {
        if !self.at_once {
            if self.calls != made {
                return Some(format!("calls {made:?} instead of {:?}", self.calls));
            }
            let in_time = times.starts_with(&self.times);
            return (!in_time).then(|| format!("calls at {times:?} s instead of {:?} s", self.times));
        }
        let mut rest = made.to_vec();
        for call in &self.calls {
            let Some(at) = rest.iter().position(|made| made == call) else {
                return Some(format!("{call:?} was never called"));
            };
            rest.swap_remove(at);
        }
        let mut perhaps = self.perhaps.clone();
        rest.into_iter().find_map(|call| {
            let at = perhaps.iter().position(|perhaps| *perhaps == call);
            at.map_or_else(
                || Some(format!("{call:?} was called too often")),
                |at| {
                    perhaps.swap_remove(at);
                    None
                },
            )
        })
    }
}
