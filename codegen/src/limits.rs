//! What Step Functions ends executions for.

use asl::ExecutionType;

use crate::{Invalid, report::Subject, worst::EVENT_LIMIT};

/// The longest an Express execution may take, in seconds.
const EXPRESS_SECONDS: u64 = 300;

/// How long an execution takes at most.
pub(crate) struct Duration {
    pub(crate) seconds: u64,
    /// The states whose seconds are not in it, because nothing bounds them.
    pub(crate) beside: Vec<String>,
    /// The states that wait until a moment, whose time is not in it either.
    pub(crate) until: Vec<String>,
}

impl Duration {
    /// Why it may be longer than a limit.
    fn exceeds(&self, limit: u64) -> Option<String> {
        if self.seconds > limit {
            return Some(format!("may take {} s", self.seconds));
        }
        let remedy = "give the data a `maximum` in its schema, or wait `.min(…)` of it";
        (!self.beside.is_empty())
            .then(|| format!("waits in {} as long as the data say ({remedy})", quoted(&self.beside)))
    }
}

fn quoted(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// What Step Functions would end executions for.
pub(crate) fn limits(subject: &Subject<'_>, events: u64, duration: &Duration) -> Result<(), Invalid> {
    let broken = |detail: String| Err(Invalid::new(subject.name, "definition", detail));
    if subject.kind == ExecutionType::Express {
        if let Some(why) = duration.exceeds(EXPRESS_SECONDS) {
            let detail = format!("it {why}; Express executions end at {EXPRESS_SECONDS} s");
            return broken(detail + ": fewer retries, shorter timeouts, or a Standard workflow");
        }
        if !duration.until.is_empty() {
            return broken(format!(
                "it waits in {} until a moment, which may be far away; Express executions end at {EXPRESS_SECONDS} s: wait \
                 some seconds instead, or make it a Standard workflow",
                quoted(&duration.until)
            ));
        }
    } else if events > EVENT_LIMIT {
        return broken(format!(
            "its history may reach {events} events; Step Functions ends executions at {EVENT_LIMIT}"
        ));
    }
    // A moment to wait for has no bound that an author could state; what is to come of it when the time is up, the timeout
    // says.
    let Some(timeout) = subject.machine.timeout_seconds else {
        return Ok(());
    };
    match duration.exceeds(timeout) {
        Some(why) => broken(format!("its timeout of {timeout} s may cut it off: it {why}")),
        None => Ok(()),
    }
}
