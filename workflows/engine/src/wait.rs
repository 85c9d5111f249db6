//! The `Wait` state.

use asl::Pointer;
use jiff::Timestamp;

use crate::compile::{Broken, Compiled, Compiler};
use crate::data_flow::{Fault, Query, Seen};
use crate::frame::{Doing, FrameId};
use crate::jsonpath::PathError;
use crate::query::{Problem, QueryError};
use crate::run::Run;

/// A compiled `Wait`.
#[derive(Debug)]
pub(crate) enum Wait {
    Seconds(Query),
    Timestamp(Query),
}

/// The longest wait: 99,999,999 seconds, a little over three years.
///
/// Source: Amazon States Language, "Wait State"; Step Functions Developer Guide, "Wait workflow state".
const LONGEST_SECONDS: i64 = 99_999_999;

impl Compiler {
    pub(crate) fn wait(&mut self, wait: &asl::Wait, at: &Pointer) -> Compiled<Wait> {
        let (query, made): (_, fn(Query) -> Wait) = match &wait.until {
            asl::WaitFor::Seconds(number) => (self.number(Some(number), "Seconds", at)?, Wait::Seconds),
            asl::WaitFor::Timestamp(text) => (self.text(Some(text), "Timestamp", at)?, Wait::Timestamp),
        };
        query.map(made).ok_or(Broken)
    }
}

impl Run<'_> {
    pub(crate) fn wait(&mut self, frame: FrameId, wait: &Wait) {
        match self.wait_milliseconds(frame, wait) {
            Ok(milliseconds) => {
                self.follow_entered(frame);
                let timer = self.wait_for_timer(frame, milliseconds);
                self.execution.frame_mut(frame).doing = Doing::Waiting(timer);
            }
            Err(error) => self.query_failed(frame, &error),
        }
    }

    /// The time has come.
    pub(crate) fn waited(&mut self, frame: FrameId) {
        self.succeed(frame, None);
    }

    fn wait_milliseconds(&self, frame: FrameId, wait: &Wait) -> Result<u64, Fault> {
        let input = self.effective_input(frame)?;
        let seen = Seen::data(&input);
        match wait {
            Wait::Seconds(query) => {
                let seconds = self.integer(frame, query, seen, (0, LONGEST_SECONDS))?;
                Ok(seconds.unsigned_abs() * 1000)
            }
            Wait::Timestamp(query) => {
                let text = self.string(frame, query, seen)?;
                let until = instant(&text).ok_or_else(|| not_a_time(query, &text))?;
                let wait = until.duration_since(self.now).as_millis();
                Ok(u64::try_from(wait.max(0)).unwrap_or(u64::MAX))
            }
        }
    }
}

fn not_a_time(query: &Query, text: &str) -> Fault {
    if let Some(path) = query.path() {
        return Fault::Path(PathError::runtime(format!(
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: {path} \
             == {text}"
        )));
    }
    let text = format!(
        "The Timestamp parameter does not reference a valid ISO-8601 extended offset date-time format string: {text}"
    );
    Fault::Query(QueryError {
        location: "Timestamp".into(),
        expression: String::new(),
        problem: Problem::OutOfRange(text),
    })
}

/// An RFC 3339 time with its offset, and nothing of what the parser accepts beyond that.
pub(crate) fn instant(text: &str) -> Option<Timestamp> {
    let plain = text.as_bytes().get(10) == Some(&b'T') && !text.contains('[');
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn only_rfc_3339_with_an_offset_is_a_time() {
        for text in [
            "2016-03-14T01:59:00Z",
            "2016-03-14T01:59:00.123Z",
            "2016-03-14T01:59:00+05:30",
        ] {
            assert!(instant(text).is_some(), "{text}");
        }
        for text in [
            "2016-03-14T01:59:00",
            "2016-03-14 01:59:00Z",
            "2016-13-14T01:59:00Z",
            "2016-03-14T01:59:00Z[UTC]",
            "soon",
        ] {
            assert!(instant(text).is_none(), "{text}");
        }
    }
}
