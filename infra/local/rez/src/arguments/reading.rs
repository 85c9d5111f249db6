//! The options of commands that read.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use contracts::Status;
use jiff::SignedDuration;

use super::values::{at_least_one, duration};

#[derive(Debug, Args)]
pub(crate) struct MessagesArgs {
    /// Only those.
    #[arg(long, value_parser = Status::ALL.map(Status::as_str))]
    pub(crate) status: Option<String>,
    /// At most this many.
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = at_least_one)]
    pub(crate) limit: usize,
    /// JSON lines.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MessageArgs {
    /// Its id.
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) id: String,
    /// One line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExecutionsArgs {
    /// Only those.
    #[arg(long, ignore_case = true, value_parser = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"])]
    pub(crate) status: Option<String>,
    /// At most this many.
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = at_least_one)]
    pub(crate) limit: usize,
    /// JSON lines.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// Its name, its ARN, or the id of a message.
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) execution: String,
    /// One line of JSON for each event, in the shape of `GetExecutionHistory`.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LogsArgs {
    /// Only lines of this request, as the header `X-Correlation-Id` of its answer names it.
    #[arg(long, value_name = "ID")]
    pub(crate) correlation_id: Option<String>,
    /// Only lines about this message.
    #[arg(long, value_name = "ID")]
    pub(crate) message: Option<String>,
    /// Only lines that are at least so grave.
    #[arg(long, ignore_case = true, default_value = "TRACE", value_parser = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"])]
    pub(crate) level: String,
    /// Only lines of the last so long, for example 1h.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) since: Option<SignedDuration>,
    /// Go on with what is logged from now on, until you interrupt it.
    #[arg(long, short)]
    pub(crate) follow: bool,
    /// The lines as they were written, as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
