//! The options of `rez send`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::MessageOptions;
use super::values::duration;

#[derive(Debug, Args)]
pub(crate) struct SendArgs {
    /// The text; `-` reads standard input.
    #[arg(allow_hyphen_values = true, required_unless_present = "file")]
    pub(crate) body: Option<OsString>,
    /// Send every message of a file: one JSON object a line, with the fields of `POST /api/messages`; `-` reads standard input.
    ///
    /// The whole file is checked before anything is sent. Doing it again sends only what was not accepted the first time.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["body", "title", "topic", "priority", "tags", "click", "markdown",
        "at", "in", "patience", "dedup_key"])]
    pub(crate) file: Option<PathBuf>,
    /// Names this sending of a file, so that the same lines can be sent again under another name.
    #[arg(long, value_name = "NAME", requires = "file")]
    pub(crate) batch: Option<String>,
    #[command(flatten)]
    pub(crate) options: MessageOptions,
    /// When to deliver it.
    #[arg(long, value_name = "RFC3339", conflicts_with = "in")]
    pub(crate) at: Option<Timestamp>,
    /// How long from now to deliver it, for example 10s or 1h30m.
    #[arg(long, value_name = "DURATION", value_parser = duration, allow_hyphen_values = true)]
    pub(crate) r#in: Option<SignedDuration>,
    /// The same key twice sends one message.
    #[arg(long, value_name = "KEY")]
    pub(crate) dedup_key: Option<String>,
    /// Return once the message is accepted.
    #[arg(long)]
    pub(crate) no_wait: bool,
    /// Print the message as one line of JSON, and nothing else.
    #[arg(long)]
    pub(crate) json: bool,
}
