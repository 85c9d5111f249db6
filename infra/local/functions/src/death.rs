//! How an environment ends that should not have, and what Lambda answers then.

use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::time::Duration;

use serde_json::json;

/// Why an environment cannot answer.
#[derive(Debug)]
pub(crate) enum Death {
    /// The program cannot be started.
    NotStarted(std::io::Error),
    /// It told of an error before it asked for its first event: what it said.
    Init(String),
    /// The process has ended.
    Exited(ExitStatus),
    /// It took too long.
    TimedOut,
}

impl Death {
    /// What logs say of it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::NotStarted(error) => format!("it cannot be started: {error}"),
            Self::Init(_) => "an error before its first event".to_owned(),
            Self::Exited(status) => status.to_string(),
            Self::TimedOut => "it took too long".to_owned(),
        }
    }

    /// Whether somebody asked the process to end. Nothing of this crate does: it kills.
    pub(crate) fn is_termination(&self) -> bool {
        let terminated = rustix::process::Signal::TERM.as_raw();
        matches!(self, Self::Exited(status) if status.signal() == Some(terminated))
    }

    /// What Lambda's Invoke answers.
    ///
    /// Source: "Troubleshoot invocation issues in Lambda"; the messages are those of answers that people have published, as
    /// `RequestId: … Error: Runtime exited with error: exit status 1`.
    pub(crate) fn payload(&self, request_id: &str, timeout: Duration) -> String {
        let (kind, message) = match self {
            Self::Init(said) => return said.clone(),
            Self::NotStarted(error) => ("Runtime.InvalidEntrypoint", format!("fork/exec: {error}")),
            Self::Exited(status) => ("Runtime.ExitError", exited(*status)),
            Self::TimedOut => (
                "Sandbox.Timedout",
                format!("Task timed out after {:.2} seconds", timeout.as_secs_f64()),
            ),
        };
        json!({ "errorType": kind, "errorMessage": format!("RequestId: {request_id} Error: {message}") }).to_string()
    }
}

/// In the words of Go, in which Lambda's side is written.
fn exited(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(0), _) => "Runtime exited without providing a reason".to_owned(),
        (Some(code), _) => format!("Runtime exited with error: exit status {code}"),
        (None, signal) => {
            let core = if status.core_dumped() { " (core dumped)" } else { "" };
            format!(
                "Runtime exited with error: signal: {}{core}",
                name(signal.unwrap_or_default())
            )
        }
    }
}

/// The numbers are the same on Linux and macOS, `bus error` aside.
fn name(signal: i32) -> String {
    let name = match signal {
        1 => "hangup",
        2 => "interrupt",
        3 => "quit",
        4 => "illegal instruction",
        5 => "trace/breakpoint trap",
        6 => "aborted",
        8 => "floating point exception",
        9 => "killed",
        11 => "segmentation fault",
        13 => "broken pipe",
        15 => "terminated",
        other => return format!("signal {other}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_is_told_as_lambda_tells_it() {
        let told = |death: Death| death.payload("r", Duration::from_secs(3));
        let exit = |raw| told(Death::Exited(ExitStatus::from_raw(raw)));
        let error = |kind: &str, message: &str| {
            json!({ "errorType": kind, "errorMessage": format!("RequestId: r Error: {message}") }).to_string()
        };
        let exit_error = |message: &str| error("Runtime.ExitError", message);
        assert_eq!(exit(0), exit_error("Runtime exited without providing a reason"));
        assert_eq!(exit(1 << 8), exit_error("Runtime exited with error: exit status 1"));
        assert_eq!(exit(9), exit_error("Runtime exited with error: signal: killed"));
        let dumped = exit_error("Runtime exited with error: signal: segmentation fault (core dumped)");
        assert_eq!(exit(0x8b), dumped);
        assert_eq!(
            told(Death::TimedOut),
            error("Sandbox.Timedout", "Task timed out after 3.00 seconds")
        );
        assert_eq!(told(Death::Init("{}".to_owned())), "{}");
    }
}
