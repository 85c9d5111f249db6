//! What Step Functions ends executions for.

use asl::ExecutionType;

use crate::{Invalid, report::Subject, worst::EVENT_LIMIT};

/// The longest an Express execution may take, in seconds.
const EXPRESS_SECONDS: u64 = 300;

/// How long an execution takes at most.
pub(crate) struct Duration {
    pub(crate) seconds: u64,
    /// The states whose time is not in it, because nothing bounds it.
    pub(crate) beside: Vec<String>,
}

impl Duration {
    /// Why it may be longer than a limit.
    fn exceeds(&self, limit: u64) -> Option<String> {
        if self.seconds > limit {
            return Some(format!("may take {} s", self.seconds));
        }
        let names: Vec<_> = self.beside.iter().map(|name| format!("`{name}`")).collect();
        let remedy = "give the data a `maximum` in its schema, or wait `.min(…)` of it";
        (!names.is_empty()).then(|| format!("waits in {} as long as the data say ({remedy})", names.join(", ")))
    }
}

/// What Step Functions would end executions for.
pub(crate) fn limits(subject: &Subject<'_>, events: u64, duration: &Duration) -> Result<(), Invalid> {
    let broken = |detail: String| Err(Invalid::new(subject.name, "definition", detail));
    if subject.kind == ExecutionType::Express {
        if let Some(why) = duration.exceeds(EXPRESS_SECONDS) {
            let detail = format!("it {why}; Express executions end at {EXPRESS_SECONDS} s");
            return broken(detail + ": fewer retries, shorter timeouts, or a Standard workflow");
        }
    } else if events > EVENT_LIMIT {
        return broken(format!(
            "its history may reach {events} events; Step Functions ends executions at {EVENT_LIMIT}"
        ));
    }
    let Some(timeout) = subject.machine.timeout_seconds else {
        return Ok(());
    };
    match duration.exceeds(timeout) {
        Some(why) => broken(format!("its timeout of {timeout} s may cut it off: it {why}")),
        None => Ok(()),
    }
}
