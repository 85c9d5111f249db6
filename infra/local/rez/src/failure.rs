//! How a command ends badly: an exit status and one line.

use std::fmt;
use std::process::ExitCode;

use api::FieldError;

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit status.
    pub(crate) exit: Exit,
    /// What is wrong and what to do, in one line.
    pub(crate) text: String,
    /// Whether the server is the one to blame.
    pub(crate) server: Server,
}

/// What the server had to do with a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Server {
    /// It answered, or was not asked.
    Answered,
    /// It was not there, or was about to go: nothing has happened.
    Away,
    /// It went before it had answered.
    Lost,
}

/// The exit statuses besides 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Something failed that is none of the others: 1.
    Failed,
    /// The input was refused; nothing was started: 2.
    Refused,
    /// A release changes something: 4, which nothing that goes wrong has.
    Changes,
    /// The message failed: it was dead-lettered or cancelled: 3.
    NotDelivered,
}

impl Failure {
    pub(crate) fn new(exit: Exit, text: impl Into<String>) -> Self {
        Self {
            exit,
            text: text.into(),
            server: Server::Answered,
        }
    }

    /// The same, with the server to blame.
    pub(crate) fn blaming(self, server: Server) -> Self {
        Self { server, ..self }
    }

    pub(crate) fn failed(text: impl Into<String>) -> Self {
        Self::new(Exit::Failed, text)
    }

    pub(crate) fn refused(text: impl Into<String>) -> Self {
        Self::new(Exit::Refused, text)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Failed => 1,
            Exit::Refused => 2,
            Exit::NotDelivered => 3,
            Exit::Changes => 4,
        })
    }
}

/// One line, whatever the text came from.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line: Vec<&str> = self.text.split_whitespace().collect();
        f.write_str(&line.join(" "))
    }
}

/// Every field that the API's own rules refuse.
impl From<Vec<FieldError>> for Failure {
    fn from(errors: Vec<FieldError>) -> Self {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Self::refused(lines.join("; "))
    }
}

/// What is wrong with an error and all that caused it.
impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::failed(format!("{error:#}"))
    }
}

/// A terminal or a pipe failed.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            // Whoever read the output has seen enough of it, as `head` has: there is nothing to say.
            return Self::failed("");
        }
        Self::failed(format!("standard output cannot be written: {error}"))
    }
}
